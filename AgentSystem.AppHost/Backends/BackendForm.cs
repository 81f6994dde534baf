using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Configuration;

namespace AgentSystem.AppHost.Backends;

/// <summary>The ways in which a backend can be there.</summary>
internal enum BackendForm
{
    /// <summary>Left out.</summary>
    Off,
    /// <summary>A stand-in of ours.</summary>
    Embedded,
    /// <summary>An executable of this machine.</summary>
    Native,
    /// <summary>Its official image.</summary>
    Container,
}

/// <summary>What the choice of a form depends on.</summary>
/// <param name="Publishing">Whether the model is written down rather than run.</param>
/// <param name="RunsContainers">Whether a container can be started here.</param>
/// <param name="FindExecutable">The full path of an executable on PATH, or null.</param>
internal sealed record Machine(bool Publishing, bool RunsContainers, Func<string, string?> FindExecutable)
{
    public static Machine Current(bool publishing) => new(publishing, Engine.Name == Engine.Aspire && (ContainerEngineAnswers() || CommandAnswers("docker") || CommandAnswers("podman")), OnPath);

    private static string? OnPath(string executable) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, OperatingSystem.IsWindows() ? executable + ".exe" : executable))
            .FirstOrDefault(File.Exists);

    private static bool ContainerEngineAnswers() => EngineAddresses().Any(address =>
    {
        using var socket = address is UnixDomainSocketEndPoint
            ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            : new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect(address);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    });

    /// <summary>An engine elsewhere, or one without a daemon, is known to its command only.</summary>
    private static bool CommandAnswers(string command)
    {
        if (OnPath(command) is not { } path)
            return false;
        using var process = Process.Start(new ProcessStartInfo(path, "info") { RedirectStandardOutput = true, RedirectStandardError = true })!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        if (process.WaitForExit(TimeSpan.FromSeconds(10)))
            return process.ExitCode == 0;
        process.Kill();
        return false;
    }

    private static IEnumerable<EndPoint> EngineAddresses()
    {
        if (Uri.TryCreate(Environment.GetEnvironmentVariable("DOCKER_HOST"), UriKind.Absolute, out var host))
            yield return host.Scheme == "unix" ? new UnixDomainSocketEndPoint(host.AbsolutePath) : new DnsEndPoint(host.Host, host.Port);
        yield return new UnixDomainSocketEndPoint("/var/run/docker.sock");
        yield return new UnixDomainSocketEndPoint("/run/podman/podman.sock");
        if (Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR") is { Length: > 0 } runtime)
        {
            yield return new UnixDomainSocketEndPoint(Path.Combine(runtime, "docker.sock"));
            yield return new UnixDomainSocketEndPoint(Path.Combine(runtime, "podman", "podman.sock"));
        }
    }
}

/// <summary>The form that a backend takes in this run.</summary>
/// <param name="Form">The form.</param>
/// <param name="Executable">Full path, when it is <see cref="BackendForm.Native"/>.</param>
/// <param name="Remark">One line for people, when it is left out.</param>
internal sealed record BackendChoice(BackendForm Form, string? Executable = null, string? Remark = null)
{
    private const string AllBackends = "Backends";

    private static readonly string[] Names = ["prometheus", "alertmanager", "node-exporter", "grafana", "loki", "jaeger", "otel-collector", "alloy"];

    /// <summary>
    /// A container where containers run, else the executable, else our stand-in, else nothing. The setting <c>Backends:&lt;Name&gt;</c> overrides, for example
    /// <c>Backends:NodeExporter</c>, and <c>Backends</c> overrides for all that have no setting of their own.
    /// </summary>
    /// <exception cref="DistributedApplicationException">What is wanted cannot be had.</exception>
    public static BackendChoice For(string name, NativeForm native, IConfiguration configuration, Machine machine)
    {
        if (machine.Publishing)
            return new(BackendForm.Container);

        CheckNames(configuration);
        var setting = SettingOf(name);
        var wanted = configuration[setting];
        if (string.IsNullOrEmpty(wanted))
            (setting, wanted) = (AllBackends, configuration[AllBackends]);
        var executable = native.Executables.Select(machine.FindExecutable).FirstOrDefault(path => path is not null);
        return wanted switch
        {
            null or "" when machine.RunsContainers => new(BackendForm.Container),
            null or "" when executable is not null && native.OnlyWith.All(program => machine.FindExecutable(program) is not null) => new(BackendForm.Native, executable),
            null or "" when native.HasStandIn => new(BackendForm.Embedded, Remark: $"{name} is left out: the telemetry store stands in for it"),
            null or "" => new(BackendForm.Off, Remark: $"{name} is left out: {native.HowToGet}"),
            _ when Is("off") => new(BackendForm.Off, Remark: $"{name} is left out: {setting} is off"),
            _ when Is("container") => new(BackendForm.Container),
            _ when Is("native") && executable is not null => new(BackendForm.Native, executable),
            _ when Is("native") => throw Impossible($"{name}: none of {string.Join(", ", native.Executables)} is on PATH ({native.HowToGet})"),
            _ when Is("embedded") && native.HasStandIn => new(BackendForm.Embedded),
            _ when Is("embedded") => throw Impossible($"{name} has no embedded stand-in; use container, native or off"),
            _ => throw Impossible("it has to be container, native, embedded or off"),
        };

        bool Is(string form) => string.Equals(wanted, form, StringComparison.OrdinalIgnoreCase);
        DistributedApplicationException Impossible(string why) => new($"{setting}={wanted}: {why}.");
    }

    /// <exception cref="DistributedApplicationException">A setting is for a backend that there is not: most likely it is misspelt.</exception>
    private static void CheckNames(IConfiguration configuration)
    {
        var settings = Names.Select(SettingOf).ToArray();
        if (configuration.GetSection(AllBackends).GetChildren().FirstOrDefault(given => !settings.Contains(given.Path, StringComparer.OrdinalIgnoreCase)) is { } unknown)
            throw new DistributedApplicationException($"{unknown.Path}={unknown.Value}: there is no such backend. There are {string.Join(", ", settings)}.");
    }

    /// <summary>The setting for one backend: its name in Pascal case.</summary>
    public static string SettingOf(string name) => $"{AllBackends}:{string.Concat(name.Split('-').Select(word => char.ToUpperInvariant(word[0]) + word[1..]))}";
}
