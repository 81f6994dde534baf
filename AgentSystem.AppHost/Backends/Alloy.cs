namespace AgentSystem.AppHost.Backends;

internal static class AlloyExtensions
{
    /// <summary>Adds Alloy, which brings to Loki what agents that speak no OTLP write into <c>logs/</c> on the shared volume.</summary>
    public static IResourceBuilder<IBackend> AddAlloy(this IDistributedApplicationBuilder builder, string name, IResourceBuilder<IBackend> loki, Storage storage)
    {
        var alloy = builder.AddBackend(name, "docker.io/grafana/alloy", "v1.18.1", new(["alloy"], "https://grafana.com/docs/alloy/latest/set-up/install"), storage)
            .WithSettings("/etc/alloy")
            .WithData("/var/lib/alloy/data")
            .WithSharedVolume(storage)
            .WithPort(12345)
            .WithHealth("/-/ready");
        return alloy
            .WithArgs("run", "--disable-reporting", $"--storage.path={alloy.Resource.PathOf("/var/lib/alloy/data")}")
            .WithArgs(ReferenceExpression.Create($"--server.http.listen-addr={alloy.ListenHost()}:{alloy.Listening()}"))
            .WithArgs($"{alloy.Resource.PathOf("/etc/alloy")}/config.alloy")
            .WithEnvironment("LOKI_PUSH_URL", $"{loki.GetEndpoint("http")}/loki/api/v1/push")
            .WaitFor(loki)
            .WhenNative(native => native.WithEnvironment("LOGS_PATH", Path.Combine(storage.SharedVolume, "logs", "*.jsonl")));
    }
}
