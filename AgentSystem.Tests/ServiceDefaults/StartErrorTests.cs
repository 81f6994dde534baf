using System.Diagnostics;
using AgentSystem.Tests.Support;

namespace AgentSystem.Tests.ServiceDefaults;

/// <summary>A service that cannot start ends with one line that says why, as the process that people see.</summary>
public sealed class StartErrorTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("Orchestrator")]
    [InlineData("Workers")]
    [InlineData("Alerting")]
    public async Task Without_an_api_key(string service) =>
        await CannotStart(service, "API_KEY is not set", ("API_KEY", ""));

    [Theory]
    [InlineData("with,comma")]
    [InlineData(" space in front")]
    [InlineData("schlüssel")]
    public async Task With_an_api_key_that_no_header_can_carry(string key) =>
        await CannotStart("Alerting", "Use ASCII without commas", ("API_KEY", key));

    [Theory]
    [InlineData("Orchestrator")]
    [InlineData("Workers")]
    public async Task On_a_shared_folder_that_cannot_be_written(string service)
    {
        File.WriteAllText(_folder["file"], "");
        await CannotStart(service, "Set SHARED_DIR to a folder that belongs to you", ("SHARED_DIR", _folder["file", "shared"]));
    }

    [Fact]
    public async Task On_a_damaged_journal()
    {
        File.WriteAllText(_folder["journal.db"], new string('x', 10_000));
        await CannotStart("Orchestrator", "is damaged or is not a journal", ("ORCHESTRATOR_DB", _folder["journal.db"]));
    }

    [Fact]
    public async Task With_a_setting_of_the_wrong_type() =>
        await CannotStart("Orchestrator", "Orchestrator:Window is 'many', but has to be a whole number.", ("Orchestrator__Window", "many"));

    [Theory]
    [InlineData("TelemetryStore__RetentionAge", "abc", "TelemetryStore:RetentionAge is 'abc', but has to be a length of time such as 1.12:30:00")]
    [InlineData("TelemetryStore__RetentionAge", "00:00:01", "TelemetryStore:RetentionAge must lie between 1 min and 3650 d.")]
    [InlineData("TelemetryStore__OtlpGrpcUrl", "4317", "must be like http://127.0.0.1:4317, or off")]
    [InlineData("TelemetryStore__Sampling__Enabled", "maybe", "TelemetryStore:Sampling:Enabled is 'maybe', but has to be true or false.")]
    [InlineData("Loki__MaxQuerySeries", "1e3", "Loki:MaxQuerySeries is '1e3', but has to be a whole number.")]
    public async Task A_store_with_a_wrong_setting(string name, string value, string why) =>
        await CannotStart("AgentSystem.TelemetryStore", why, (name, value));

    [Fact]
    public async Task A_store_whose_folder_another_one_uses()
    {
        Directory.CreateDirectory(_folder["telemetry"]);
        await using var held = new FileStream(_folder["telemetry", "store.lock"], FileMode.Create, FileAccess.ReadWrite, FileShare.None);
        await CannotStart("AgentSystem.TelemetryStore", "Another telemetry store uses the folder", ("TelemetryStore__Folder", _folder["telemetry"]));
    }

    [Fact]
    public async Task A_store_whose_folder_is_a_file()
    {
        File.WriteAllText(_folder["file"], "");
        await CannotStart("AgentSystem.TelemetryStore", $"The folder {_folder["file"]} cannot be used: ", ("TelemetryStore__Folder", _folder["file"]));
    }

    [Fact]
    public async Task With_a_retention_that_is_negative() =>
        await CannotStart("Orchestrator", "Orchestrator:Retention:Settled must be", ("Orchestrator__Retention__Settled", "-00:00:01"));

    private async Task CannotStart(string service, string why, params (string Name, string Value)[] settings)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, service + ".dll")])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _folder.Path,
        };
        foreach (var (name, value) in (ReadOnlySpan<(string, string)>)[("API_KEY", "key"), ("SHARED_DIR", _folder["shared"]), ("WORKER_NAME", "marie"), .. settings])
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        try
        {
            using var patience = new CancellationTokenSource(Patience);
            var (output, error) = (process.StandardOutput.ReadToEndAsync(patience.Token), process.StandardError.ReadToEndAsync(patience.Token));
            await process.WaitForExitAsync(patience.Token);
            Assert.NotEqual(0, process.ExitCode);
            var line = Assert.Single((await error).Split('\n', StringSplitOptions.RemoveEmptyEntries));
            Assert.StartsWith($"{service} cannot start: ", line, StringComparison.Ordinal);
            Assert.Contains(why, line, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", await output, StringComparison.Ordinal);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }
}
