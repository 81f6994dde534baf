namespace AgentSystem.AppHost.Backends;

/// <summary>
/// A program of somebody else's that the system uses, declared once for all forms it can run in. In arguments <c>{settings}</c> is the folder
/// with its configuration, <c>{data}</c> the folder it stores into, <c>{listen}</c> the address it has to listen on.
/// </summary>
internal sealed record Backend(string Name)
{
    /// <summary>Container image and tag.</summary>
    public required (string Name, string Tag) Image { get; init; }

    /// <summary>Where the image expects its settings; null when it needs none.</summary>
    public string? ContainerSettings { get; init; }

    /// <summary>Where the image stores its data; null when it stores none.</summary>
    public string? ContainerData { get; init; }

    /// <summary>The port inside the container.</summary>
    public required int Port { get; init; }

    /// <summary>Answers 200 when the program is ready to work.</summary>
    public required string HealthPath { get; init; }

    /// <summary>Names of the native executable; the first on PATH is used.</summary>
    public required IReadOnlyList<string> Executables { get; init; }

    /// <summary>What somebody who has none of its forms has to do.</summary>
    public required string HowToGet { get; init; }

    /// <summary>The command line, the same for all forms.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>The setting that overrides the choice of a form, for example <c>Backends:NodeExporter</c>.</summary>
    public string Setting => $"Backends:{string.Concat(Name.Split('-').Select(word => char.ToUpperInvariant(word[0]) + word[1..]))}";

    public static Backend Prometheus { get; } = new("prometheus")
    {
        Image = ("docker.io/prom/prometheus", "v3.14.0"),
        ContainerSettings = "/etc/prometheus",
        ContainerData = "/prometheus",
        Port = 9090,
        HealthPath = "/-/ready",
        Executables = ["prometheus"],
        HowToGet = "apt-get install prometheus",
        Arguments =
        [
            "--config.file={settings}/prometheus.yml",
            "--storage.tsdb.path={data}",
            "--web.listen-address={listen}",
            "--enable-feature=exemplar-storage",
        ],
    };

    public static Backend Alertmanager { get; } = new("alertmanager")
    {
        Image = ("docker.io/prom/alertmanager", "v0.34.0"),
        ContainerSettings = "/etc/alertmanager",
        ContainerData = "/alertmanager",
        Port = 9093,
        HealthPath = "/-/ready",
        Executables = ["prometheus-alertmanager", "alertmanager"],
        HowToGet = "apt-get install prometheus-alertmanager",
        Arguments =
        [
            "--config.file={settings}/alertmanager.yml",
            "--storage.path={data}",
            "--web.listen-address={listen}",
            "--cluster.listen-address=", // one instance: no gossip, no port open to the network
        ],
    };

    public static Backend NodeExporter { get; } = new("node-exporter")
    {
        Image = ("docker.io/prom/node-exporter", "v1.12.1"),
        Port = 9100,
        HealthPath = "/",
        Executables = ["prometheus-node-exporter", "node_exporter"],
        HowToGet = "apt-get install prometheus-node-exporter",
        Arguments = ["--web.listen-address={listen}"],
    };
}
