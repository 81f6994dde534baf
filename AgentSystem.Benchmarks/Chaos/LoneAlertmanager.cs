using AgentSystem.Benchmarks.Processes;

namespace AgentSystem.Benchmarks.Chaos;

/// <summary>
/// Alertmanager without our configuration: each alert is a notification of its own, and none keeps another back. Prometheus tells it what it tells
/// ours, so that both are measured in the same storm.
/// </summary>
internal static class LoneAlertmanager
{
    /// <summary>Starts it, and adds it to those that Prometheus tells.</summary>
    /// <param name="folder">For its configuration and data.</param>
    /// <param name="receiver">Where it sends to.</param>
    /// <param name="targets">The file by which Prometheus finds Alertmanagers.</param>
    internal static async Task<ServiceProcess> StartAsync(string folder, string receiver, string targets)
    {
        Directory.CreateDirectory(folder);
        var configuration = Path.Combine(folder, "alertmanager.yml");
        await File.WriteAllTextAsync(configuration, $$"""
            route: { receiver: alone, group_by: ['...'], group_wait: 5s, group_interval: 5s, repeat_interval: 4h }
            receivers:
              - name: alone
                webhook_configs: [{ url: {{receiver}}, send_resolved: true }]
            """);
        var url = ServiceProcess.FreeAddress();
        var process = await ServiceProcess.StartAsync(
            "prometheus-alertmanager",
            [$"--config.file={configuration}", $"--storage.path={Path.Combine(folder, "data")}", $"--web.listen-address={url.Authority}", "--cluster.listen-address="],
            folder, url, "/-/ready", []);
        await File.AppendAllTextAsync(targets, $$"""

            - targets: ["{{url.Authority}}"]
              labels: { job: alertmanager-alone, instance: alertmanager-alone }

            """);
        return process;
    }
}
