using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace AgentSystem.WebConsole.Access;

/// <summary>Lets in who has the cookie that the login gave, and sends everybody else there.</summary>
internal sealed class ConsoleAccessHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder, IOptions<ConsoleAccessOptions> access)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    internal const string SchemeName = "Console";
    internal const string Cookie = "agentsystem-console";
    internal const string LoginPath = "/login";

    /// <inheritdoc/>
    protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(Authenticate());

    /// <inheritdoc/>
    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        // A page's own requests must not mistake the login page for their answer.
        if (HttpMethods.IsGet(Request.Method) && Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase))
            Response.Redirect($"{LoginPath}?returnUrl={Uri.EscapeDataString(Request.Path + Request.QueryString)}");
        else
            Response.StatusCode = StatusCodes.Status401Unauthorized;
        return Task.CompletedTask;
    }

    private AuthenticateResult Authenticate()
    {
        if (Request.Cookies[Cookie] is not { } cookie || !ConsoleAccessOptions.Same(cookie, access.Value.CookieValue))
            return AuthenticateResult.NoResult();
        // SameSite does not tell ports apart, and a browser opens a web socket to anybody: another program's page must not use our cookie.
        if (Request.Headers.Origin.ToString() is { Length: > 0 } origin && origin != $"{Request.Scheme}://{Request.Host}")
            return AuthenticateResult.Fail("a page of another origin may not use this session");
        return AuthenticateResult.Success(new(new(new ClaimsIdentity([new(ClaimTypes.Name, "operator")], Scheme.Name)), Scheme.Name));
    }
}
