using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace AgentSystem.WebConsole.Access;

/// <summary>The login: a link with a token, or a page that asks for it, and a cookie afterwards.</summary>
internal static partial class AccessExtensions
{
    internal static void AddConsoleAccess(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<ConsoleAccessOptions>()
            .BindConfiguration(ConsoleAccessOptions.Section)
            .PostConfigure(options => options.MakeMissingToken())
            .ValidateDataAnnotations()
            .ValidateOnStart();
        // People come with the cookie; the API key is what this process shows to others, and opens nothing here.
        builder.Services.AddAuthenticationCore(options => options.DefaultScheme = ConsoleAccessHandler.SchemeName);
        new AuthenticationBuilder(builder.Services).AddScheme<AuthenticationSchemeOptions, ConsoleAccessHandler>(ConsoleAccessHandler.SchemeName, configureOptions: null);
    }

    internal static void MapConsoleLogin(this WebApplication app)
    {
        var login = app.MapGroup(ConsoleAccessHandler.LoginPath).AllowAnonymous().DisableAntiforgery();
        login.MapGet("", (HttpContext context, IOptions<ConsoleAccessOptions> access, string? t = null, string? returnUrl = null) =>
            t is null ? Page(returnUrl, StatusCodes.Status200OK) : LogIn(context, access.Value, t, returnUrl));
        login.MapPost("", async (HttpContext context, IOptions<ConsoleAccessOptions> access) =>
        {
            var form = await context.Request.ReadFormAsync(context.RequestAborted);
            return LogIn(context, access.Value, form["t"].ToString().Trim(), form["returnUrl"]);
        });
        app.Lifetime.ApplicationStarted.Register(() => AnnounceMadeToken(app));
    }

    private static IResult LogIn(HttpContext context, ConsoleAccessOptions access, string token, string? returnUrl)
    {
        if (!ConsoleAccessOptions.Same(token, access.Token!))
            return Page(returnUrl, StatusCodes.Status401Unauthorized);
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Cookies.Append(ConsoleAccessHandler.Cookie, access.CookieValue, new()
        {
            HttpOnly = true,
            // A link in Slack or PagerDuty has to lead to its page, so a GET from another site has the cookie too. It changes nothing: what does goes over the
            // circuit, whose connection is refused to another origin (ConsoleAccessHandler), and the login itself, which needs the token.
            SameSite = SameSiteMode.Lax,
            Secure = context.Request.IsHttps,
            IsEssential = true,
            MaxAge = TimeSpan.FromDays(30),
        });
        return Results.LocalRedirect(IsLocal(returnUrl) ? returnUrl! : "/");
    }

    private static RazorComponentResult<LoginPage> Page(string? returnUrl, int status) => new(new
    {
        ReturnUrl = IsLocal(returnUrl) ? returnUrl : null,
        Refused = status != StatusCodes.Status200OK,
    })
    {
        StatusCode = status,
        PreventStreamingRendering = true,
    };

    /// <summary>Whoever sets the token prints the link; one that we made is known to nobody else.</summary>
    private static void AnnounceMadeToken(WebApplication app)
    {
        var access = app.Services.GetRequiredService<IOptions<ConsoleAccessOptions>>().Value;
        if (!access.IsMade)
            return;
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault();
        LogLoginLink(app.Logger, address, access.Token);
    }

    // "//host" and "/\host" are other hosts to a browser.
    private static bool IsLocal(string? url) => url is ['/', ..] and not ['/', '/' or '\\', ..] && !url.Any(char.IsControl);

    [LoggerMessage(Level = LogLevel.Information, Message = "Log in to the console at {Address}/login?t={Token}")]
    private static partial void LogLoginLink(ILogger logger, string? address, string? token);
}
