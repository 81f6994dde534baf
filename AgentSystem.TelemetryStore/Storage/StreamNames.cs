using System.Collections.Concurrent;
using System.Text;
using AgentSystem.TelemetryStore.Logs;

namespace AgentSystem.TelemetryStore.Storage;

/// <summary>Keeps one instance of the labels of each stream, whatever partition or request they come from.</summary>
internal sealed class StreamNames
{
    private readonly ConcurrentDictionary<string, IReadOnlyList<Label>> _shared = new(StringComparer.Ordinal);

    internal IReadOnlyList<Label> Shared(IReadOnlyList<Label> labels) => _shared.GetOrAdd(Key(labels), labels);

    /// <summary>A text that two label sets share when they are the same.</summary>
    internal static string Key(IReadOnlyList<Label> labels)
    {
        var key = new StringBuilder();
        for (var i = 0; i < labels.Count; i++)
            key.Append(labels[i].Name).Append('\0').Append(labels[i].Value).Append('\0');
        return key.ToString();
    }

    internal static byte[] Write(IReadOnlyList<Label> labels) => Encoding.UTF8.GetBytes(Key(labels));

    internal static Label[] Read(byte[] labels)
    {
        var texts = Encoding.UTF8.GetString(labels).Split('\0');
        var read = new Label[texts.Length / 2];
        for (var i = 0; i < read.Length; i++)
            read[i] = new(texts[2 * i], texts[2 * i + 1]);
        return read;
    }
}
