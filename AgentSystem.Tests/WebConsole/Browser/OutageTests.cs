using System.Net.Http.Json;
using AgentSystem.Protocol.Api;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace AgentSystem.Tests.WebConsole.Browser;

/// <summary>Each backend stopped and started in turn while every page is open: no page breaks, those that need it say its name, and all recover by themselves.</summary>
[Collection(ConsoleWithOutages.Name)]
public sealed class OutageTests(ConsoleInBrowser console, EveryPageOpen pages) : IClassFixture<EveryPageOpen>
{
    // A backend that is started again may need a while, and pages ask at their own pace.
    private const float Patience = 60_000;

    private static readonly LocatorAssertionsToBeVisibleOptions Patiently = new() { Timeout = Patience };

    [Theory]
    [InlineData("prometheus", "Prometheus")]
    [InlineData("alertmanager", "Alertmanager")]
    [InlineData("orchestrator", "The orchestrator")]
    [InlineData("telemetry-store", "Jaeger", "Loki")]
    [InlineData("alerting", "The alerting service")]
    [InlineData("host", "The host")]
    public async Task No_page_breaks_while_a_backend_is_away_and_all_recover(string resource, params string[] names)
    {
        await CommandAsync(resource, KnownResourceCommands.StopCommand);
        try
        {
            foreach (var open in pages.All)
            {
                foreach (var name in names.Intersect(open.Needs))
                    await Expect(ProblemOn(open.Page, name).First).ToBeVisibleAsync(new() { Timeout = Patience });
                await AssertAliveAsync(open);
            }
            var first = pages.All.First(open => open.Needs.Contains(names[0]));
            await first.Shown.ScreenshotAsync($"outage-{resource}");
        }
        finally
        {
            await CommandAsync(resource, KnownResourceCommands.StartCommand);
        }
        foreach (var open in pages.All)
        {
            await Expect(open.Page.Locator(".problem-down")).ToHaveCountAsync(0, new() { Timeout = Patience });
            await Expect(open.Page.Locator(".outage")).ToHaveCountAsync(0, new() { Timeout = Patience });
            await AssertAliveAsync(open);
        }
        await AssertNewsAreShownAsync(resource);
    }

    /// <summary>A page that says nothing of an outage might still show what it had before: something new happens, and is seen without a reload.</summary>
    private async Task AssertNewsAreShownAsync(string resource)
    {
        switch (resource)
        {
            case "alertmanager":
                using (var alertmanager = console.System.App.CreateHttpClient("alertmanager"))
                using (var answer = await alertmanager.PostAsJsonAsync("api/v2/silences", new
                {
                    matchers = new[] { new { name = "alertname", value = "OutageTest", isRegex = false, isEqual = true } },
                    startsAt = DateTimeOffset.UtcNow,
                    endsAt = DateTimeOffset.UtcNow.AddMinutes(5),
                    createdBy = "a tester",
                    comment = "after the outage",
                }))
                    answer.EnsureSuccessStatusCode();
                await Expect(At("/alerts/silences").GetByText("after the outage").First).ToBeVisibleAsync(Patiently);
                break;
            case "alerting":
                await SomeIncident.ActAsync(console.System, pages.Incident, "notes", "written after the outage");
                await Expect(At($"/incidents/{pages.Incident}").GetByText("written after the outage").First).ToBeVisibleAsync(Patiently);
                break;
            default:
                var failures = At("/").Locator(".tile:has(.label:text-is('Failed attempts')) .value");
                var before = await failures.InnerTextAsync();
                var task = await console.System.SubmitAsync(new { type = "fail", worker = "marie", max_attempts = 1, payload = new { } });
                var settled = await console.System.UntilAsync(task.Id, view => view.State == TaskState.Dead);
                await (resource switch
                {
                    "orchestrator" => Expect(At("/tasks").GetByText(task.Id).First).ToBeVisibleAsync(Patiently),
                    "telemetry-store" => Expect(At("/traces").Locator($"a[href='/traces/{settled.CorrelationId}']").First).ToBeVisibleAsync(Patiently),
                    "prometheus" => Expect(failures).Not.ToHaveTextAsync(before, new() { Timeout = Patience }),
                    _ => Expect(At("/resources/marie").Locator(".line").GetByText(task.Id).First).ToBeVisibleAsync(Patiently),
                });
                break;
        }
    }

    private IPage At(string path) => pages.All.Select(open => open.Page).Single(page => new Uri(page.Url).AbsolutePath == path);

    private static async Task AssertAliveAsync(OpenPage open)
    {
        await Expect(open.Page.Locator("h1")).ToHaveTextAsync(open.Title);
        Assert.Empty(open.Shown.Complaints);
    }

    // A panel that has something to show goes on showing it, and says since when that is old.
    private static ILocator ProblemOn(IPage page, string name) =>
        page.Locator(".problem", new() { HasText = $"{name} does not answer" }).Or(page.Locator($".panel-old[title*='{name}']"));

    private async Task CommandAsync(string resource, string command)
    {
        if (resource == "host")
        {
            console.HostGate.IsOpen = command == KnownResourceCommands.StartCommand;
            return;
        }
        var result = await console.System.App.ResourceCommands.ExecuteCommandAsync(resource, command);
        Assert.True(result.Success, $"{command} of {resource}");
    }
}

/// <summary>A console in a browser of its own, whose backends go while others look at theirs.</summary>
[CollectionDefinition(Name)]
public sealed class ConsoleWithOutages : ICollectionFixture<ConsoleInBrowser>
{
    public const string Name = "a console whose backends go";
}
