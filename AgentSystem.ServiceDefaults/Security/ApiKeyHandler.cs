using System.Security.Claims;
using System.Text.Encodings.Web;
using AgentSystem.Protocol.Api;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace AgentSystem.ServiceDefaults.Security;

/// <summary>Lets in who has the API key: in <c>X-Api-Key</c>, as a bearer token, or in the cookie that <c>/login</c> gave.</summary>
internal sealed class ApiKeyHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder, IOptions<ApiKeyOptions> apiKey)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    internal const string SchemeName = "ApiKey";
    internal const string Cookie = "agentsystem";
    private const string Bearer = "Bearer ";

    /// <inheritdoc/>
    protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(Authenticate());

    /// <inheritdoc/>
    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.StatusCode = StatusCodes.Status401Unauthorized;
        Response.Headers.WWWAuthenticate = "Bearer";
        await Context.RequestServices.GetRequiredService<IProblemDetailsService>().TryWriteAsync(new()
        {
            HttpContext = Context,
            ProblemDetails =
            {
                Status = StatusCodes.Status401Unauthorized,
                Title = "This endpoint needs the API key.",
                Detail = $"Send it in the header {ConnectionFile.ApiKeyHeader} or as 'Authorization: Bearer', or open the login link that the AppHost prints.",
            },
        });
    }

    private AuthenticateResult Authenticate()
    {
        if (GivenKey() is { } key)
            return ApiKeyOptions.Same(key, apiKey.Value.Key) ? Success() : AuthenticateResult.Fail("wrong API key");
        if (Request.Cookies[Cookie] is { } cookie && ApiKeyOptions.Same(cookie, apiKey.Value.CookieValue))
            return IsFromOurPage() ? Success() : AuthenticateResult.Fail("a page of another origin may not use this session");
        return AuthenticateResult.NoResult();
    }

    private string? GivenKey()
    {
        if (Request.Headers[ConnectionFile.ApiKeyHeader].ToString() is { Length: > 0 } header)
            return header;
        return Request.Headers.Authorization.ToString() is var authorization && authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
            ? authorization[Bearer.Length..].Trim()
            : null;
    }

    // SameSite does not tell ports apart, so another program's page on this machine could still post with our cookie.
    private bool IsFromOurPage() =>
        HttpMethods.IsGet(Request.Method) || HttpMethods.IsHead(Request.Method)
        || Request.Headers.Origin.ToString() is var origin && (origin.Length == 0 || origin == $"{Request.Scheme}://{Request.Host}");

    private AuthenticateResult Success() =>
        AuthenticateResult.Success(new(new(new ClaimsIdentity([new(ClaimTypes.Name, "operator")], Scheme.Name)), Scheme.Name));
}
