using System.Text.RegularExpressions;
using AgentSystem.Protocol.Api;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace AgentSystem.Tests.WebConsole.Browser;

[Collection(ConsoleInBrowser.Name)]
public sealed class LogsTests(ConsoleInBrowser console)
{
    private const string Everything = "%7Bservice_name%3D~%22.%2B%22%7D";

    // Lines are sent in batches.
    private static readonly LocatorAssertionsToBeVisibleOptions Patient = new() { Timeout = 60_000 };

    [Fact]
    public async Task A_line_leads_to_its_span_and_the_span_back_to_its_lines()
    {
        var task = await console.System.SubmitAsync(new { type = "summarize", worker = "marie", payload = new { text = "One. Two. Three." } });
        await console.System.UntilAsync(task.Id, view => view.State == TaskState.Completed);

        await using var page = await console.OpenAsync($"/logs?query={Everything}%20%7C%20task_id%3D%22{task.Id}%22");
        var line = Line(page, "Completed after").First;
        await Expect(line).ToBeVisibleAsync(Patient);
        await Expect(page.Page.GetByRole(AriaRole.Region, new() { Name = "Volume" })).ToContainTextAsync("info");
        await Expect(page.Page.GetByRole(AriaRole.Complementary, new() { Name = "Fields" })).ToContainTextAsync("task_type");
        await line.GetByRole(AriaRole.Button).ClickAsync();
        await Expect(line.GetByRole(AriaRole.Link, new() { Name = task.Id })).ToHaveAttributeAsync("href", $"/tasks/{task.Id}");
        await page.AssertGoodInEveryWindowAsync("logs-of-a-task");

        await line.GetByRole(AriaRole.Link, new() { Name = "Trace of: Completed after" }).ClickAsync();
        await Expect(page.Page).ToHaveURLAsync(new Regex(@"/traces/[0-9a-f]{32}\?span=[0-9a-f]{16}$"));
        await page.Page.GetByRole(AriaRole.Link, new() { Name = "Logs of this span" }).ClickAsync();
        await Expect(Line(page, "Completed after").First).ToBeVisibleAsync(Patient);
        Assert.Empty(page.Complaints);
    }

    [Fact]
    public async Task A_query_is_written_with_the_keyboard_narrowed_with_a_click_and_its_mistake_is_marked_where_it_is()
    {
        await using var page = await console.OpenAsync("/logs?from=now-6h&to=now");
        var (keyboard, box) = (page.Page.Keyboard, page.Page.GetByLabel("LogQL", new() { Exact = true }));
        var suggestions = page.Page.GetByRole(AriaRole.Listbox);

        // Nothing is offered before something is written.
        await Expect(suggestions).ToHaveCountAsync(0);
        await keyboard.PressAsync("/");
        await keyboard.PressAsync("Control+A");
        await keyboard.TypeAsync("{service_n");
        await Expect(suggestions).ToContainTextAsync("service_name");
        await keyboard.PressAsync("Tab");
        await Expect(suggestions).ToContainTextAsync("orchestrator");
        await page.AssertGoodAsync();
        await page.ScreenshotAsync("logs-completion");
        await keyboard.TypeAsync("\"orch");
        await Expect(suggestions.GetByRole(AriaRole.Option)).ToHaveCountAsync(1);
        await keyboard.PressAsync("ArrowDown");
        await Expect(suggestions.GetByRole(AriaRole.Option, new() { Selected = true })).ToHaveTextAsync("orchestrator");
        await keyboard.PressAsync("Enter");
        await Expect(box).ToHaveValueAsync("{service_name=\"orchestrator\"");
        await keyboard.TypeAsync("}");
        await keyboard.PressAsync("Enter");
        await Expect(page.Page).ToHaveURLAsync(new Regex(@"/logs\?query=%7Bservice_name%3D%22orchestrator%22%7D&from=now-6h&to=now$"));
        await Expect(page.Page.Locator(".lines .service").First).ToHaveTextAsync("orchestrator", new() { Timeout = 60_000 });

        // What is written and not run yet is what the next choice runs.
        await box.FillAsync("{service_name=\"marie\"}");
        await Expect(suggestions).ToHaveCountAsync(0);
        await page.Page.GetByLabel("Order").SelectOptionAsync("forward");
        await Expect(page.Page).ToHaveURLAsync(new Regex("marie.*direction=forward"));
        await box.FillAsync("{service_name=\"orchestrator\"}");
        await page.Page.GetByLabel("Time range").SelectOptionAsync("now-12h");
        await Expect(page.Page).ToHaveURLAsync(new Regex("marie.*from=now-12h"));
        await page.Page.GetByText("Run", new() { Exact = true }).ClickAsync();
        await Expect(page.Page).ToHaveURLAsync(new Regex("orchestrator.*from=now-12h"));
        await page.Page.GetByLabel("Time range").SelectOptionAsync("other");
        await page.Page.Locator(".range-form").GetByText("Close", new() { Exact = true }).ClickAsync();
        await Expect(page.Page.GetByLabel("Time range")).ToHaveValueAsync("now-12h");

        await page.Page.Locator(".fields summary", new() { HasText = "detected_level" }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Complementary, new() { Name = "Fields" }).GetByRole(AriaRole.Link, new() { Name = "info", Exact = true }).ClickAsync();
        await Expect(box).ToHaveValueAsync("{service_name=\"orchestrator\"} | detected_level=\"info\"");

        await box.FillAsync("{service_name=\"orchestrator\"} | jsonn | x");
        await keyboard.PressAsync("Enter");
        await Expect(page.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("line 1, col");
        await Expect(page.Page.Locator(".marks mark")).Not.ToBeEmptyAsync();
        await page.AssertGoodInEveryWindowAsync("logs-mistake");

        await box.FillAsync("sum by (service_name) (count_over_time({service_name=~\".+\"}[$__auto]))");
        await keyboard.PressAsync("Enter");
        await Expect(page.Page.GetByRole(AriaRole.Region, new() { Name = "Volume" })).ToContainTextAsync("marie");
        await Expect(page.Page.Locator(".lines")).ToHaveCountAsync(0);
        Assert.Empty(page.Complaints);
    }

    [Fact]
    public async Task A_mistake_in_what_is_to_be_followed_is_marked_where_it_is()
    {
        await using var page = await console.OpenAsync("/logs?query=%7Bservice_name%3D%22orchestrator%22%7D%20%7C%20jsonn%20%7C%20x&tail=1");

        await Expect(page.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("line 1, col");
        await Expect(page.Page.Locator(".marks mark")).Not.ToBeEmptyAsync();
        await Expect(page.Page.GetByText("Following", new() { Exact = true })).ToHaveCountAsync(0);
        await page.Page.GetByLabel("LogQL", new() { Exact = true }).FillAsync("{service_name=\"orchestrator\"}");
        await page.Page.Keyboard.PressAsync("Enter");
        await Expect(page.Page.GetByText("Following", new() { Exact = true })).ToBeVisibleAsync();
        await page.AssertGoodAsync();
    }

    [Fact]
    public async Task What_is_typed_before_a_far_console_has_answered_is_not_lost()
    {
        await using var page = await console.OpenAsync("/alerts");
        var (held, isHeld) = (new List<Action>(), false);
        await page.Page.RouteWebSocketAsync(new Regex("_blazor"), route =>
        {
            var server = route.ConnectToServer();
            route.OnMessage(frame =>
            {
                void Send()
                {
                    if (frame.Binary is { } bytes)
                        server.Send(bytes);
                    else
                        server.Send(frame.Text!);
                }

                lock (held)
                {
                    if (isHeld)
                        held.Add(Send);
                    else
                        Send();
                }
            });
        });
        await page.Page.GotoAsync(new Uri(new Uri(page.Page.Url), "/logs?from=now-6h&to=now").ToString());
        var (keyboard, box) = (page.Page.Keyboard, page.Page.GetByLabel("LogQL", new() { Exact = true }));
        var suggestions = page.Page.GetByRole(AriaRole.Listbox);

        await box.FillAsync("{service_n");
        await Expect(suggestions).ToContainTextAsync("service_name");
        // A page that begins to listen moves the focus to its heading.
        await box.FocusAsync();
        await WhileFarAsync("Tab", "\"", "marie", "\"}");
        await Expect(box).ToHaveValueAsync("{service_name=\"marie\"}");

        await keyboard.TypeAsync(" | js");
        await Expect(suggestions).ToContainTextAsync("json");
        await WhileFarAsync("Tab", "Enter");
        await Expect(page.Page).ToHaveURLAsync(new Regex(@"/logs\?query=%7Bservice_name%3D%22marie%22%7D%20%7C%20json&"));

        async Task WhileFarAsync(params string[] keys)
        {
            lock (held)
                isHeld = true;
            foreach (var key in keys)
                await (key is "Tab" or "Enter" ? keyboard.PressAsync(key) : keyboard.TypeAsync(key));
            lock (held)
            {
                isHeld = false;
                held.ForEach(send => send());
                held.Clear();
            }
        }
    }

    [Fact]
    public async Task Lines_are_followed_and_none_is_shown_twice_when_Loki_comes_back()
    {
        await using var page = await console.OpenAsync($"/logs?query={Everything}%20%7C%3D%20%60Attempt%201%20at%20task%60&tail=1");
        await Expect(page.Page.GetByText("Following", new() { Exact = true })).ToBeVisibleAsync();
        var first = await FailAsync();
        await Expect(Line(page, first)).ToHaveCountAsync(1, new() { Timeout = 60_000 });

        await CommandAsync(KnownResourceCommands.StopCommand);
        try
        {
            await Expect(page.Page.GetByText("Not following")).ToBeVisibleAsync(Patient);
        }
        finally
        {
            await CommandAsync(KnownResourceCommands.StartCommand);
        }
        // Without a line that says so.
        await Expect(page.Page.GetByText("Following", new() { Exact = true })).ToBeVisibleAsync(Patient);
        var second = await FailAsync();

        await Expect(Line(page, second)).ToHaveCountAsync(1, new() { Timeout = 90_000 });
        await Expect(Line(page, first)).ToHaveCountAsync(1);
        await page.ScreenshotAsync("logs-following");
        await page.AssertGoodAsync();
    }

    private static ILocator Line(ConsolePage page, string text) => page.Page.GetByRole(AriaRole.List, new() { Name = "Lines" }).GetByRole(AriaRole.Listitem).Filter(new() { HasText = text });

    /// <summary>The id of a task whose failed attempt the orchestrator warns of.</summary>
    private async Task<string> FailAsync()
    {
        var task = await console.System.SubmitAsync(new { type = "fail", worker = "anga", payload = new { error = "on_purpose", until_attempt = 2 } });
        await console.System.UntilAsync(task.Id, view => view.State == TaskState.Completed);
        return task.Id;
    }

    private async Task CommandAsync(string command)
    {
        var result = await console.System.App.ResourceCommands.ExecuteCommandAsync("telemetry-store", command);
        Assert.True(result.Success, $"{command} of telemetry-store");
    }
}
