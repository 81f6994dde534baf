using System.Net;
using System.Text.Json;
using AgentSystem.ServiceDefaults.Security;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AgentSystem.Tests.ServiceDefaults;

public sealed class ApiKeyTests
{
    private static readonly (string, string) CrossOrigin = ("Origin", "http://127.0.0.1:1");

    [Theory]
    [InlineData("/closed")]
    [InlineData("/no-such-page")]
    public async Task Without_the_key_every_path_answers_401_as_problem_details(string path)
    {
        await using var service = await TestService.StartAsync();
        using var response = await service.SendAsync(path);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        using var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        Assert.Equal(401, problem.RootElement.GetProperty("status").GetInt32());
        Assert.Contains("X-Api-Key", problem.RootElement.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/health")]
    [InlineData("/alive")]
    [InlineData("/metrics")]
    public async Task Probes_need_no_key(string path)
    {
        await using var service = await TestService.StartAsync();
        using var response = await service.SendAsync(path);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [InlineData("X-Api-Key", TestService.Key, HttpStatusCode.OK)]
    [InlineData("Authorization", $"Bearer {TestService.Key}", HttpStatusCode.OK)]
    [InlineData("Authorization", $"bearer {TestService.Key}", HttpStatusCode.OK)]
    [InlineData("X-Api-Key", "a long and random texT", HttpStatusCode.Unauthorized)]
    [InlineData("X-Api-Key", "", HttpStatusCode.Unauthorized)]
    [InlineData("Authorization", "Bearer", HttpStatusCode.Unauthorized)]
    [InlineData("Authorization", "Basic YTpi", HttpStatusCode.Unauthorized)]
    [InlineData("Cookie", $"agentsystem={TestService.Key}", HttpStatusCode.Unauthorized)]
    public async Task The_key_is_taken_from_its_header_or_as_a_bearer_token(string header, string value, HttpStatusCode expected)
    {
        await using var service = await TestService.StartAsync();
        using var response = await service.SendAsync("/closed", headers: (header, value));
        Assert.Equal(expected, response.StatusCode);
    }

    [Theory]
    [InlineData("", "/")]
    [InlineData("&returnUrl=%2Ftasks%3Fstate%3Ddead", "/tasks?state=dead")]
    [InlineData("&returnUrl=https%3A%2F%2Fexample.com", "/")]
    [InlineData("&returnUrl=%2F%2Fexample.com", "/")]
    [InlineData("&returnUrl=%2F%5Cexample.com", "/")]
    [InlineData("&returnUrl=%2F%09%2Fexample.com", "/")]
    public async Task The_login_link_gives_a_session_and_leads_to_a_local_page_only(string query, string location)
    {
        await using var service = await TestService.StartAsync();
        using var login = await service.SendAsync($"/login?t={Uri.EscapeDataString(TestService.Key)}{query}");

        Assert.Equal(HttpStatusCode.Redirect, login.StatusCode);
        Assert.Equal(location, login.Headers.Location?.OriginalString);
        var cookie = Assert.Single(login.Headers.GetValues("Set-Cookie"));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(TestService.Key, Uri.UnescapeDataString(cookie), StringComparison.Ordinal);

        using var page = await service.SendAsync("/closed", headers: ("Cookie", cookie.Split(';')[0]));
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
    }

    [Theory]
    [InlineData("/login")]
    [InlineData("/login?t=wrong")]
    public async Task A_wrong_login_link_gives_no_session(string path)
    {
        await using var service = await TestService.StartAsync();
        using var login = await service.SendAsync(path);

        Assert.Equal(HttpStatusCode.Unauthorized, login.StatusCode);
        Assert.False(login.Headers.Contains("Set-Cookie"));
    }

    [Fact]
    public async Task A_page_of_another_origin_cannot_change_anything_with_our_session()
    {
        await using var service = await TestService.StartAsync();
        using var login = await service.SendAsync($"/login?t={Uri.EscapeDataString(TestService.Key)}");
        var cookie = ("Cookie", login.Headers.GetValues("Set-Cookie").Single().Split(';')[0]);
        var own = ("Origin", service.App.Urls.Single());

        using var foreign = await service.SendAsync("/closed", HttpMethod.Post, headers: [cookie, CrossOrigin]);
        using var ours = await service.SendAsync("/closed", HttpMethod.Post, headers: [cookie, own]);
        Assert.Equal(HttpStatusCode.Unauthorized, foreign.StatusCode);
        Assert.Equal(HttpStatusCode.OK, ours.StatusCode);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("  ")]
    public async Task Without_a_key_in_the_configuration_a_service_does_not_start_and_says_why(string? key)
    {
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => TestService.StartAsync(new() { ["API_KEY"] = key }));
        Assert.Contains("API_KEY is not set", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_key_shows_up_in_no_log_line_and_no_span()
    {
        await using var service = await TestService.StartAsync(new()
        {
            ["Serilog:MinimumLevel:Default"] = "Debug",
            ["Serilog:MinimumLevel:Override:Microsoft.AspNetCore"] = "Debug",
            ["Serilog:MinimumLevel:Override:Microsoft.AspNetCore.Hosting.Diagnostics"] = "Debug",
        });
        var key = Uri.EscapeDataString(TestService.Key);
        using var login = await service.SendAsync($"/login?t={key}");
        using var wrong = await service.SendAsync($"/login?t={key}x");
        using var right = await service.SendAsync("/closed", key: TestService.Key);
        await service.App.StopAsync();

        var lines = service.Recorder.Lines.Select(l => l.RenderMessage(null) + string.Join(' ', l.Properties.Values));
        var spans = service.Recorder.Spans.Ended.Select(s => s.DisplayName + string.Join(' ', s.TagObjects.Select(t => t.Value)));
        Assert.NotEmpty(lines);
        Assert.All(lines.Concat(spans), text =>
        {
            Assert.DoesNotContain(TestService.Key, text, StringComparison.Ordinal);
            Assert.DoesNotContain(key, text, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task Services_call_each_other_with_the_key_they_share()
    {
        await using var other = await TestService.StartAsync();
        await using var service = await TestService.StartAsync(configure: builder =>
            builder.Services.AddHttpClient("other", http => http.BaseAddress = new(other.App.Urls.Single())).AddApiKey());

        using var client = service.Get<IHttpClientFactory>().CreateClient("other");
        Assert.Equal("opened", await client.GetStringAsync(new Uri("/closed", UriKind.Relative)));
    }
}
