using System.Text.Json;
using AgentSystem.Orchestrator.Configuration;
using AgentSystem.Protocol.Api;
using Microsoft.Extensions.Options;

namespace AgentSystem.Orchestrator.Chaos;

/// <summary>
/// Every fault that was ever injected, in <c>chaos.jsonl</c> beside the journal: a line when it begins and a line when it is over. Lines are only
/// added; the last of a fault holds.
/// </summary>
internal sealed class FaultAudit(IOptions<OrchestratorOptions> options)
{
    // Who asks for the past of chaos wants the last weeks of it.
    private const int MaxRead = 1000;

    private const byte NewLine = (byte)'\n';

    private readonly string _path = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(options.Value.Database))!, "chaos.jsonl");

    /// <summary>Adds a line, which is on disk when this returns.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    internal void Add(InjectedFault fault)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
        using var file = new FileStream(_path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        byte[] end = EndsWithinALine(file) ? [NewLine] : [];
        file.Seek(0, SeekOrigin.End);
        file.Write([.. end, .. JsonSerializer.SerializeToUtf8Bytes(fault, ApiJson.Default.InjectedFault), NewLine]);
        file.Flush(flushToDisk: true);
    }

    /// <summary>The last faults as they were last heard of, newest first.</summary>
    internal IReadOnlyList<InjectedFault> Read()
    {
        if (!File.Exists(_path))
            return [];
        var faults = new Dictionary<string, InjectedFault>();
        foreach (var line in File.ReadLines(_path))
        {
            if (Parse(line) is { } fault)
                faults[fault.Id] = fault;
        }
        return [.. faults.Values.OrderByDescending(fault => fault.StartedAt).Take(MaxRead)];
    }

    // A crash may have cut a line short. What comes behind it would be part of it.
    private static bool EndsWithinALine(FileStream file)
    {
        if (file.Length == 0)
            return false;
        file.Seek(-1, SeekOrigin.End);
        return file.ReadByte() != NewLine;
    }

    private static InjectedFault? Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, ApiJson.Default.InjectedFault);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
