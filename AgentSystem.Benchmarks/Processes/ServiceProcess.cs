using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace AgentSystem.Benchmarks.Processes;

/// <summary>A program that is measured, as a process of its own on loopback; what it says goes to a file.</summary>
internal sealed class ServiceProcess : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private readonly Process _process;
    private readonly string _name, _log;

    private ServiceProcess(Process process, string name, string log, Uri url)
    {
        (_process, _name, _log) = (process, name, log);
        Url = url;
        Http = new() { BaseAddress = url, Timeout = TimeSpan.FromMinutes(5) };
    }

    internal int Id => _process.Id;

    internal Uri Url { get; }

    /// <summary>How long processors have worked for it since its start.</summary>
    internal TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>For questions at <see cref="Url"/>.</summary>
    internal HttpClient Http { get; }

    /// <summary>Starts one of our services, which are .NET assemblies, and waits until it is healthy.</summary>
    /// <param name="assembly">Path of its assembly.</param>
    /// <param name="folder">Where its output goes, as <c>&lt;assembly&gt;.log</c>.</param>
    /// <param name="settings">Its environment, beside what every process here gets.</param>
    /// <exception cref="InvalidOperationException">It did not start; the message says where to look.</exception>
    internal static Task<ServiceProcess> StartAsync(string assembly, string folder, IEnumerable<(string Name, string Value)> settings)
    {
        var url = FreeAddress();
        return StartAsync("dotnet", [assembly], folder, url, "/health", [("ASPNETCORE_URLS", url.OriginalString), .. settings]);
    }

    /// <summary>Starts a program and waits until <paramref name="ready"/> of <paramref name="url"/> answers with success.</summary>
    /// <exception cref="InvalidOperationException">It did not start; the message says where to look.</exception>
    internal static async Task<ServiceProcess> StartAsync(
        string program, IEnumerable<string> arguments, string folder, Uri url, string ready, IEnumerable<(string Name, string Value)> settings)
    {
        Directory.CreateDirectory(folder);
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        // What this process was given is not meant for the other.
        foreach (var name in start.Environment.Keys.Where(IsOurs).ToList())
            start.Environment.Remove(name);
        foreach (var (name, value) in settings)
            start.Environment[name] = value;
        var title = Path.GetFileNameWithoutExtension(program == "dotnet" ? start.ArgumentList[0] : program);
        var log = Path.Combine(folder, title + ".log");
        var process = Process.Start(start)!;
        var writer = TextWriter.Synchronized(new StreamWriter(log) { AutoFlush = true });
        process.OutputDataReceived += (_, line) => writer.WriteLine(line.Data);
        process.ErrorDataReceived += (_, line) => writer.WriteLine(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var service = new ServiceProcess(process, title, log, url);
        try
        {
            await service.WaitUntilReadyAsync(ready);
            return service;
        }
        catch
        {
            await service.DisposeAsync();
            throw;
        }
    }

    /// <summary>An address of this machine that nobody listens on.</summary>
    internal static Uri FreeAddress()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return new($"http://127.0.0.1:{((IPEndPoint)socket.LocalEndPoint!).Port}");
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        if (!_process.HasExited)
        {
            using var terminate = Process.Start("kill", ["-TERM", Id.ToString(CultureInfo.InvariantCulture)]);
            using var patience = new CancellationTokenSource(Limit);
            try
            {
                await _process.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill();
            }
        }
        _process.Dispose();
    }

    private async Task WaitUntilReadyAsync(string ready)
    {
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            if (_process.HasExited || Stopwatch.GetElapsedTime(began) > Limit)
                throw new InvalidOperationException($"{_name} did not start; {_log} has what it said.");
            try
            {
                using var response = await Http.GetAsync(new Uri(ready, UriKind.Relative));
                if (response.IsSuccessStatusCode)
                    return;
            }
            catch (HttpRequestException)
            {
            }
            await Task.Delay(50);
        }
    }

    private static bool IsOurs(string name) => name.StartsWith("OTEL_", StringComparison.Ordinal)
        || name.StartsWith("TelemetryStore", StringComparison.Ordinal)
        || name.StartsWith("ASPNETCORE_", StringComparison.Ordinal)
        || name.StartsWith("MSBUILD", StringComparison.Ordinal)
        || name is "SHARED_DIR";
}
