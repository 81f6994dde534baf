using System.Net;

namespace AgentSystem.Tests.WebConsole.Browser;

/// <summary>What the console answers to programs that are no browser, or to a browser on another page.</summary>
[Collection(ConsoleInBrowser.Name)]
public sealed class AccessTests(ConsoleInBrowser console) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = console.Address };

    public void Dispose() => _http.Dispose();

    [Theory]
    [InlineData("/tasks?state=dead", "text/html", HttpStatusCode.Redirect)]
    [InlineData("/tasks", "application/json", HttpStatusCode.Unauthorized)]
    [InlineData("/_blazor", "*/*", HttpStatusCode.Unauthorized)]
    public async Task Nothing_is_shown_without_the_token(string path, string accept, HttpStatusCode status)
    {
        using var response = await SendAsync(HttpMethod.Get, path, ("Accept", accept));

        Assert.Equal(status, response.StatusCode);
        if (status == HttpStatusCode.Redirect)
            Assert.Equal("/login?returnUrl=%2Ftasks%3Fstate%3Ddead", response.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task The_api_key_opens_nothing_here()
    {
        using var response = await SendAsync(HttpMethod.Get, "/tasks", ("X-Api-Key", EndToEnd.RunningSystem.ApiKey));

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Theory]
    [InlineData("/tasks/x", "/tasks/x")]
    [InlineData("//elsewhere.test", "/")]
    [InlineData("/\\elsewhere.test", "/")]
    [InlineData("https://elsewhere.test", "/")]
    public async Task The_login_link_gives_a_cookie_that_scripts_and_other_sites_do_not_get_and_leads_to_a_page_of_ours(string returnUrl, string target)
    {
        using var response = await SendAsync(HttpMethod.Get, $"{ConsoleInBrowser.LoginLink}&returnUrl={Uri.EscapeDataString(returnUrl)}");

        Assert.Equal((HttpStatusCode.Redirect, target), (response.StatusCode, response.Headers.Location!.OriginalString));
        var cookie = Assert.Single(response.Headers.GetValues("Set-Cookie"));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=lax", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(ConsoleInBrowser.Token, cookie, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, HttpStatusCode.OK)]
    [InlineData("http://localhost:1", HttpStatusCode.Unauthorized)]
    public async Task A_page_of_another_origin_does_not_get_in_with_our_cookie(string? origin, HttpStatusCode status)
    {
        using var login = await SendAsync(HttpMethod.Get, ConsoleInBrowser.LoginLink);
        var cookie = login.Headers.GetValues("Set-Cookie").Single().Split(';')[0];

        using var response = await SendAsync(HttpMethod.Post, "/_blazor/negotiate?negotiateVersion=1", [("Cookie", cookie), .. origin is null ? [] : new[] { ("Origin", origin) }]);

        Assert.Equal(status, response.StatusCode);
    }

    [Theory]
    [InlineData("/login")]
    [InlineData("/tasks")]
    [InlineData("/app.css")]
    public async Task Every_answer_says_that_nothing_of_another_host_may_be_loaded(string path)
    {
        using var response = await SendAsync(HttpMethod.Get, path, ("Accept", "text/html"));

        var policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("default-src 'self'; script-src 'self';", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal("no-referrer", Assert.Single(response.Headers.GetValues("Referrer-Policy")));
    }

    private Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(method, path);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return _http.SendAsync(request);
    }
}
