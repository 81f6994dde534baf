using System.Diagnostics;
using AgentSystem.Protocol.Api;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace AgentSystem.ServiceDefaults.Security;

/// <summary>Closed by default: the API key on every endpoint, loopback unless told otherwise.</summary>
public static class SecurityExtensions
{
    /// <summary>Sends this process's own API key with every request of the client: the services of one system share it.</summary>
    public static IHttpClientBuilder AddApiKey(this IHttpClientBuilder http) =>
        http.ConfigureHttpClient((services, client) => client.DefaultRequestHeaders.Add(
            ConnectionFile.ApiKeyHeader, services.GetRequiredService<IOptions<ApiKeyOptions>>().Value.Key));

    internal static void AddApiKeyAuthentication(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<ApiKeyOptions>()
            .Configure<IConfiguration>((options, configuration) => options.Key = configuration[ApiKeyOptions.Variable] ?? "")
            .Validate(
                options => !string.IsNullOrWhiteSpace(options.Key),
                $"{ApiKeyOptions.Variable} is not set. Set it to a long random text, the same for every process of the system; the AppHost does so by itself.")
            .Validate(
                options => options.Key.All(c => c is >= ' ' and <= '~' and not ',') && options.Key == options.Key.Trim(),
                $"{ApiKeyOptions.Variable} has a character that does not survive in a header or in OTEL_EXPORTER_OTLP_HEADERS. Use ASCII without commas, and no space at either end.")
            .ValidateOnStart();
        builder.Services.AddProblemDetails(options => options.CustomizeProblemDetails = ShowTraceId);
        // Not AddAuthentication: that adds data protection, which keeps key files in the home folder and which nothing here needs.
        builder.Services.AddWebEncoders();
        builder.Services.AddAuthenticationCore(options => options.DefaultScheme = ApiKeyHandler.SchemeName);
        new AuthenticationBuilder(builder.Services).AddScheme<AuthenticationSchemeOptions, ApiKeyHandler>(ApiKeyHandler.SchemeName, configureOptions: null);
        builder.Services.AddAuthorizationBuilder()
            .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
    }

    /// <summary>The framework writes the whole traceparent; everywhere else we show the trace id alone, and people search for that.</summary>
    private static void ShowTraceId(ProblemDetailsContext context)
    {
        var extensions = context.ProblemDetails.Extensions;
        if (Activity.Current is { } activity && extensions.Keys.FirstOrDefault(key => key is "traceId" or "trace_id") is { } name)
            extensions[name] = activity.TraceId.ToHexString();
    }

    internal static void AddLoopbackUrl(this IHostApplicationBuilder builder)
    {
        string[] addresses = ["urls", "http_ports", "https_ports"];
        var told = addresses.Any(key => !string.IsNullOrWhiteSpace(builder.Configuration[key]))
            || builder.Configuration.GetSection("Kestrel:Endpoints").Exists();
        if (!told)
            builder.Configuration["urls"] = "http://127.0.0.1:0";
    }

    internal static void UseProblemDetails(this WebApplication app)
    {
        app.UseExceptionHandler();
        app.UseStatusCodePages();
    }

    internal static void MapLogin(this WebApplication app) => app.MapGet("/login", Login).AllowAnonymous().ExcludeFromDescription();

    private static IResult Login(HttpContext context, IOptions<ApiKeyOptions> apiKey, string? t = null, string? returnUrl = null)
    {
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers["Referrer-Policy"] = "no-referrer";
        if (t is null || !ApiKeyOptions.Same(t, apiKey.Value.Key))
            return Results.Problem(
                title: "This login link is not valid.", detail: "Open the one that the AppHost printed at its last start.", statusCode: StatusCodes.Status401Unauthorized);
        context.Response.Cookies.Append(ApiKeyHandler.Cookie, apiKey.Value.CookieValue, new()
        {
            HttpOnly = true,
            SameSite = SameSiteMode.Strict,
            Secure = context.Request.IsHttps,
            IsEssential = true,
        });
        return Results.LocalRedirect(IsLocal(returnUrl) ? returnUrl! : "/");
    }

    // "//host" and "/\host" are other hosts to a browser.
    private static bool IsLocal(string? url) => url is ['/', ..] and not ['/', '/' or '\\', ..] && !url.Any(char.IsControl);
}
