using AgentSystem.WebConsole.Backends;

namespace AgentSystem.WebConsole.Logs;

/// <summary>
/// The newest lines of a tail, each once. Whoever connects again is sent lines that were there before: Loki begins each tail with the newest that
/// it has. It stores a line once for a moment of a stream, so moment, stream and text tell which those are.
/// </summary>
/// <param name="limit">How many are kept.</param>
public sealed class FollowedLines(int limit)
{
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    /// <summary>The lines, the oldest first.</summary>
    public IReadOnlyList<LogLine> Lines { get; private set; } = [];

    /// <summary>From now on lines come through another connection.</summary>
    public void Reconnect()
    {
        _known.Clear();
        _known.UnionWith(Lines.Select(Identity));
    }

    /// <summary>Takes in what came.</summary>
    public void Add(IEnumerable<LogLine> lines) =>
        Lines = [.. Lines.Concat(lines.Where(line => _known.Count == 0 || !_known.Contains(Identity(line)))).OrderBy(line => line.At).TakeLast(limit)];

    private static string Identity(LogLine line) =>
        $"{line.At.UtcTicks} {string.Join(',', line.Labels.OrderBy(label => label.Key, StringComparer.Ordinal).Select(label => $"{label.Key}={label.Value}"))} {line.Text}";
}
