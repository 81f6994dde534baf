using AgentSystem.Tests.EndToEnd;
using AgentSystem.Tests.Support;
using AgentSystem.Tests.Workers.Claude;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Microsoft.Playwright;

namespace AgentSystem.Tests.WebConsole.Browser;

/// <summary>
/// A running system with everything that the console reads from, and one browser, for all tests that look at pages. The tests share it: they
/// leave the backends as they found them.
/// </summary>
[CollectionDefinition(Name)]
public sealed class ConsoleInBrowser : ICollectionFixture<ConsoleInBrowser>, IAsyncLifetime
{
    public const string Name = "a console in a browser";

    public const string Token = "a-token-for-the-tests-of-one-run";

    public const string LoginLink = $"/login?t={Token}";

    /// <summary>What the worker marie can be told besides what every process can.</summary>
    public const string OwnCommand = "Say hello";

    private readonly DirectoryInfo _dashboards = Directory.CreateTempSubdirectory("agentsystem-dashboards-");
    private IPlaywright? _playwright;

    public RunningSystem System { get; private set; } = null!;

    public IBrowser Browser { get; private set; } = null!;

    public Uri Address { get; private set; } = null!;

    /// <summary>Between the console and the host's API of the resources, which lives as long as the tests.</summary>
    public TcpGate HostGate { get; } = new();

    /// <summary>What stands for Claude, for tasks that ask for it.</summary>
    public MessagesServer Claude { get; private set; } = null!;

    /// <summary>Opens a page as somebody who has logged in, and waits until it shows its data.</summary>
    /// <param name="path">With the slash.</param>
    /// <param name="theme">Which of the two.</param>
    /// <param name="width">Of the window, in CSS pixels.</param>
    public async Task<ConsolePage> OpenAsync(string path, Theme theme = Theme.Light, int width = ConsolePage.Desktop)
    {
        var page = await OpenLoggedOutAsync($"{LoginLink}&returnUrl={Uri.EscapeDataString(path)}", theme, width);
        await page.UntilLoadedAsync();
        return page;
    }

    /// <summary>Opens a page as somebody who has not logged in.</summary>
    public async Task<ConsolePage> OpenLoggedOutAsync(string path, Theme theme = Theme.Light, int width = ConsolePage.Desktop)
    {
        var context = await Browser.NewContextAsync(new()
        {
            BaseURL = Address.ToString(),
            ColorScheme = theme == Theme.Dark ? ColorScheme.Dark : ColorScheme.Light,
            ViewportSize = new() { Width = width, Height = ConsolePage.HeightOf(width) },
            ReducedMotion = ReducedMotion.Reduce,
        });
        var page = new ConsolePage(context, await context.NewPageAsync(), theme, width, Address);
        await page.Page.GotoAsync(path);
        return page;
    }

    public async Task InitializeAsync()
    {
        Claude = await MessagesServer.StartAsync();
        Claude.Script = _ => Reply.Say("""{"summary":"All is well."}""");
        System = await RunningSystem.StartAsync(
            Configure, isSeen: true, $"--Parameters:console-token={Token}",
            "--Backends:Prometheus=native", "--Backends:Alertmanager=native", "--Backends:NodeExporter=native",
            "--Backends:Jaeger=embedded", "--Backends:Loki=embedded");
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        foreach (var resource in (string[])["console", "prometheus", "alertmanager", "telemetry-store"])
            await System.App.ResourceNotifications.WaitForResourceHealthyAsync(resource, limit.Token);
        Address = System.App.GetEndpoint("console");
        _playwright = await Playwright.CreateAsync();
        // The machine has the other tests to run as well.
        Assertions.SetDefaultExpectTimeout(30_000);
        Browser = await _playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Executables.Find("chromium", "chromium-browser", "google-chrome")
                ?? throw new InvalidOperationException("The console is tested in a real browser: apt-get install chromium, as ./test.sh does."),
            // One process for all windows: starting one for each takes longer than most pages.
            Args = ["--disable-gpu", "--process-per-site", "--renderer-process-limit=1"],
            // The sandbox refuses to work for root.
            ChromiumSandbox = Environment.UserName != "root",
        });
    }

    private void Configure(IDistributedApplicationTestingBuilder builder)
    {
        Simulation.Enable(builder);
        foreach (var worker in RunningSystem.Workers)
            builder.CreateResourceBuilder<ProjectResource>(worker)
                .WithEnvironment("ANTHROPIC_API_KEY", ClaudeWorker.Key)
                .WithEnvironment("ANTHROPIC_BASE_URL", Claude.Url)
                .WithEnvironment("Worker__Agent", "offline");
        builder.CreateResourceBuilder<ProjectResource>("marie")
            .WithCommand("hello", OwnCommand, context => Task.FromResult(CommandResults.Success($"{context.ResourceName} says hello")));
        var console = builder.CreateResourceBuilder<ProjectResource>("console");
        console.WithEnvironment("Console__RunbooksDir", Path.Combine(AppContext.BaseDirectory, "WebConsole", "Browser", "Runbooks"));
        // The repository's dashboards and one that has a panel of each type.
        foreach (var file in (IEnumerable<string>)[.. Directory.GetFiles(Path.Combine(Repository.Root, "dashboards"), "*.json"), .. Directory.GetFiles(Path.Combine(Repository.Root, "AgentSystem.Tests", "WebConsole", "Dashboards", "Fixtures"), "*.json")])
            File.Copy(file, Path.Combine(_dashboards.FullName, Path.GetFileName(file)));
        console.WithEnvironment("DASHBOARDS_DIR", _dashboards.FullName);
        console.WithEnvironment(context =>
        {
            const string host = "ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL";
            if (context.EnvironmentVariables.GetValueOrDefault(host) is not string url)
                return;
            HostGate.Server = new(url);
            context.EnvironmentVariables[host] = HostGate.Address.ToString();
        });
    }

    public async Task DisposeAsync()
    {
        if (Browser is not null)
            await Browser.DisposeAsync();
        _playwright?.Dispose();
        if (System is not null)
            await System.DisposeAsync();
        await HostGate.DisposeAsync();
        if (Claude is not null)
            await Claude.DisposeAsync();
        _dashboards.Delete(recursive: true);
    }
}
