namespace AgentSystem.Benchmarks.Processes;

/// <summary>An Alertmanager of a benchmark's own.</summary>
internal static class AlertmanagerProcess
{
    /// <summary>Starts it.</summary>
    /// <param name="folder">For its configuration and data.</param>
    /// <param name="configuration">What it reads, in YAML.</param>
    internal static async Task<ServiceProcess> StartAsync(string folder, string configuration)
    {
        Directory.CreateDirectory(folder);
        var file = Path.Combine(folder, "alertmanager.yml");
        await File.WriteAllTextAsync(file, configuration);
        var url = ServiceProcess.FreeAddress();
        return await ServiceProcess.StartAsync(
            "prometheus-alertmanager",
            [$"--config.file={file}", $"--storage.path={Path.Combine(folder, "data")}", $"--web.listen-address={url.Authority}", "--cluster.listen-address="],
            folder, url, "/-/ready", []);
    }
}
