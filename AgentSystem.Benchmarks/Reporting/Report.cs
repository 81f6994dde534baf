using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace AgentSystem.Benchmarks.Reporting;

/// <summary>All that was measured, as a table for people and as JSON for programs.</summary>
internal sealed class Report(string title)
{
    private static readonly JsonSerializerOptions JsonOptions = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>What has to be known to judge the figures.</summary>
    internal Dictionary<string, string> Conditions { get; } = new()
    {
        ["machine"] = $"{Processor()}, {Environment.ProcessorCount} cores, {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 20:N0} MiB",
        ["system"] = RuntimeInformation.OSDescription,
        ["runtime"] = RuntimeInformation.FrameworkDescription,
    };

    internal List<Figure> Figures { get; } = [];

    /// <summary>What should have been the same and was not.</summary>
    internal List<string> Faults { get; } = [];

    /// <summary>0 when every promise was kept.</summary>
    internal int ExitCode => Faults.Count == 0 && !Figures.Any(f => f.IsMissed) ? 0 : 1;

    internal void Write(TextWriter output)
    {
        output.WriteLine(title);
        foreach (var (name, value) in Conditions)
            output.WriteLine($"  {name}: {value}");
        output.WriteLine();
        var rows = new List<string[]> { (string[])["", "measured", "target", "", "beside it", "ratio"] };
        rows.AddRange(Figures.Select(Row));
        var widths = Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length)).ToArray();
        foreach (var row in rows)
            output.WriteLine(string.Join("  ", row.Select((cell, column) => column is 1 or 2 ? cell.PadLeft(widths[column]) : cell.PadRight(widths[column]))).TrimEnd());
        foreach (var figure in Figures.Where(f => f.Note.Length > 0))
            output.WriteLine($"  {figure.Name}: {figure.Note}");
        foreach (var fault in Faults)
            output.WriteLine($"FAULT: {fault}");
    }

    internal void WriteJson(string path) => File.WriteAllText(path, JsonSerializer.Serialize(new { title, Conditions, Figures, Faults, ExitCode }, JsonOptions) + "\n");

    private static string[] Row(Figure figure) =>
    [
        figure.Name,
        Text(figure.Value, figure.Unit),
        figure.Target is { } target ? (target.IsMinimum ? ">= " : "<= ") + Text(target.Value, "") : "",
        figure.Target is null ? "" : figure.IsMissed ? "MISSED" : "met",
        figure.Peer is { } peer ? $"{peer.Name}: {Text(peer.Value, figure.Unit)}" : "",
        figure.Peer is { Value: > 0 } other ? $"{Text(figure.Value / other.Value, "")}x" : "",
    ];

    private static string Text(double value, string unit) =>
        value.ToString(value switch { >= 100 => "N0", >= 10 => "N1", _ => "N2" }, CultureInfo.InvariantCulture) + (unit.Length > 0 ? " " + unit : "");

    private static string Processor() => File.Exists("/proc/cpuinfo")
        ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? "unknown processor"
        : "unknown processor";
}
