using System.Diagnostics;
using System.Globalization;

namespace AgentSystem.Benchmarks.Processes;

/// <summary>
/// Gives what is measured a core of its own, and all other processes of this benchmark the rest. So what the others do is not measured as a
/// slowness of the one. By util-linux's <c>taskset</c>, since .NET's <see cref="Process.ProcessorAffinity"/> moves the first thread only.
/// </summary>
internal sealed class Cores : IDisposable
{
    private readonly int _measured;
    private readonly List<int> _all;

    private Cores(int measured, List<int> all) => (_measured, _all) = (measured, all);

    /// <summary>The core of what is measured and who measures, and the others'; for the report.</summary>
    public override string ToString() => $"core {_all[0]} for what is measured and who measures, {(_all.Count == 2 ? "core" : "cores")} {List(_all.Skip(1))} for all else";

    /// <summary>Separates a process and this one from all others that this one has started.</summary>
    /// <exception cref="InvalidOperationException">There is one core only, or no taskset.</exception>
    internal static Cores Separate(int measured)
    {
        var all = Allowed();
        if (all.Count < 2)
            throw new InvalidOperationException("What is measured needs a core of its own, and there is one only.");
        var cores = new Cores(measured, all);
        cores.Again();
        return cores;
    }

    /// <summary>The same for those that were started since.</summary>
    internal void Again()
    {
        var self = Environment.ProcessId;
        foreach (var id in (int[])[self, _measured])
            Pin(id, List(_all.Take(1)));
        foreach (var id in Descendants(self).Where(id => id != _measured))
            Pin(id, List(_all.Skip(1)));
    }

    /// <summary>All may run everywhere again.</summary>
    public void Dispose()
    {
        foreach (var id in Descendants(Environment.ProcessId).Append(Environment.ProcessId))
            Pin(id, List(_all));
    }

    // One that has just ended is no matter.
    private static void Pin(int id, string cores)
    {
        using var taskset = Process.Start(new ProcessStartInfo("taskset", ["-a", "-c", "-p", cores, id.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        }) ?? throw new InvalidOperationException("taskset (util-linux) is needed.");
        var said = taskset.StandardOutput.ReadToEndAsync();
        var error = taskset.StandardError.ReadToEnd();
        taskset.WaitForExit();
        _ = said.Result;
        if (taskset.ExitCode != 0 && Directory.Exists($"/proc/{id}"))
            throw new InvalidOperationException($"taskset could not give process {id} the cores {cores}: {error}");
    }

    /// <summary>The children of a process, theirs, and so on.</summary>
    internal static IEnumerable<int> Descendants(int root)
    {
        var children = Directory.GetDirectories("/proc").Select(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var id) ? id : 0)
            .Where(id => id > 0).ToLookup(ParentOf);
        var waiting = new Queue<int>([root]);
        while (waiting.TryDequeue(out var id))
        {
            foreach (var child in children[id])
            {
                yield return child;
                waiting.Enqueue(child);
            }
        }
    }

    /// <summary>The cores that a process may run on: <c>Cpus_allowed_list: 0-1,4</c>.</summary>
    internal static List<int> Allowed(string process = "self") =>
    [
        .. File.ReadLines($"/proc/{process}/status").First(line => line.StartsWith("Cpus_allowed_list:", StringComparison.Ordinal)).Split(':')[1].Split(',')
            .Select(range => range.Split('-').Select(core => int.Parse(core, CultureInfo.InvariantCulture)).ToArray())
            .SelectMany(ends => Enumerable.Range(ends[0], ends[^1] - ends[0] + 1)),
    ];

    // "PPid:\t123" in /proc/<id>/status, see proc(5).
    private static int ParentOf(int id)
    {
        try
        {
            return int.Parse(File.ReadLines($"/proc/{id}/status").First(line => line.StartsWith("PPid:", StringComparison.Ordinal)).Split(':')[1], CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            return 0; // it has ended
        }
    }

    private static string List(IEnumerable<int> cores) => string.Join(',', cores);
}
