using System.Text.Json;
using AgentSystem.AppHost.Backends;
using AgentSystem.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace AgentSystem.Tests.Rules;

/// <summary>An alert of one's own as docs/alerts.md says: a file among the rules before the start, and the real Prometheus lets it fire.</summary>
public sealed class CustomAlertTests : IDisposable
{
    private const double Scale = 60;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_alert_of_ones_own_fires_once_its_file_is_among_the_rules()
    {
        await using var orchestrator = await StartOrchestratorAsync();
        await using var prometheus = await StartAsync(orchestrator);

        await Eventually.True(async () => await IsFiringAsync(prometheus), TimeSpan.FromSeconds(60));
    }

    /// <summary>The configuration of the repository with the file in it, told that this is the orchestrator and everything else is not there.</summary>
    private async Task<BackendProcess> StartAsync(WebApplication orchestrator)
    {
        foreach (var file in RuleFiles.Files)
            await AddAsync(Path.GetFileName(file), await File.ReadAllTextAsync(file));
        await AddAsync("mine.yml", AlertsDocument.CustomRule);
        File.Copy(Path.Combine(RuleFiles.Folder, "prometheus.yml"), _folder["prometheus.yml"]);
        Directory.CreateDirectory(_folder["targets"]);
        var target = await File.ReadAllTextAsync(Path.Combine(RuleFiles.Folder, "targets", "orchestrator.yml"));
        Assert.Contains("orchestrator:8080", target, StringComparison.Ordinal);
        await File.WriteAllTextAsync(
            Path.Combine(_folder["targets"], "orchestrator.yml"),
            target.Replace("orchestrator:8080", new Uri(orchestrator.Urls.Single()).Authority, StringComparison.Ordinal));
        return await BackendProcess.StartPrometheusAsync(_folder["prometheus.yml"], _folder["data"], BackendProcess.NewAddress());

        async Task AddAsync(string name, string rules)
        {
            Directory.CreateDirectory(_folder["rules"]);
            await File.WriteAllTextAsync(Path.Combine(_folder["rules"], name), RuleTimes.Divide(rules, Scale));
        }
    }

    /// <summary>What the alert looks at.</summary>
    private static async Task<WebApplication> StartOrchestratorAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.MapGet("/metrics", () => Results.Text("active_tasks{worker=\"marie\"} 0\ntask_queue_depth{worker=\"marie\",status=\"pending\"} 3\n"));
        await app.StartAsync();
        return app;
    }

    private static async Task<bool> IsFiringAsync(BackendProcess prometheus)
    {
        using var answer = JsonDocument.Parse(await prometheus.Http.GetStringAsync("/api/v1/alerts"));
        return answer.RootElement.GetProperty("data").GetProperty("alerts").EnumerateArray().Any(alert =>
            alert.GetProperty("labels").GetProperty("alertname").GetString() == AlertsDocument.CustomAlert && alert.GetProperty("state").GetString() == "firing");
    }
}
