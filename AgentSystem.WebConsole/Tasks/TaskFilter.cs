using System.Globalization;
using AgentSystem.Protocol.Api;
using AgentSystem.WebConsole.Formatting;

namespace AgentSystem.WebConsole.Tasks;

/// <summary>Which tasks a list shows; the page's address has the same words as <c>GET /tasks</c>.</summary>
/// <param name="States">Any of these; all when empty.</param>
/// <param name="Worker">Only this worker's; all when null.</param>
/// <param name="Type">Only of this type; all when null.</param>
/// <param name="Cursor">Where the page begins; the newest when null.</param>
public sealed record TaskFilter(IReadOnlyList<TaskState> States, string? Worker, string? Type, string? Cursor)
{
    /// <summary>How many tasks a page has.</summary>
    public const int PageSize = 50;

    /// <summary>Everything, from the newest on.</summary>
    public static TaskFilter All { get; } = new([], null, null, null);

    /// <summary>Whether it leaves anything out.</summary>
    public bool IsNarrow => States.Count > 0 || Worker is not null || Type is not null;

    /// <summary>Reads what an address has; states that there are not are passed over.</summary>
    public static TaskFilter Parse(string? states, string? worker, string? type, string? cursor)
    {
        var words = (states ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return new(
            [.. Enum.GetValues<TaskState>().Where(state => words.Contains(state.ToName(), StringComparer.OrdinalIgnoreCase))],
            NullIfEmpty(worker), NullIfEmpty(type), NullIfEmpty(cursor));
    }

    /// <summary>What of the states in an address there is not, and what is shown; null when there are all.</summary>
    public static string? Mistake(string? states)
    {
        var words = (states ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var known = Enum.GetValues<TaskState>().Select(state => state.ToName()).ToList();
        var rest = words.Where(word => known.Contains(word, StringComparer.OrdinalIgnoreCase)).ToList();
        return AddressWords.Mistake(
            "state", string.Join(',', words.Except(rest)), rest.Count == words.Length,
            $"{(rest.Count == 0 ? "tasks of all states are shown" : $"tasks that are {string.Join(" or ", rest)} are shown")}. States are {string.Join(", ", known)}");
    }

    /// <summary>The same with a state more, or less where it was there; from the newest on.</summary>
    public TaskFilter Toggle(TaskState state) => this with
    {
        States = [.. Enum.GetValues<TaskState>().Where(s => s == state ? !States.Contains(s) : States.Contains(s))],
        Cursor = null,
    };

    /// <summary>The question for the orchestrator.</summary>
    public string ToQuery() => string.Create(CultureInfo.InvariantCulture, $"{string.Concat(Parameters().Select(p => $"{p.Name}={Uri.EscapeDataString(p.Value)}&"))}limit={PageSize}");

    /// <summary>The page's address.</summary>
    public string ToHref() => string.Join('&', Parameters().Select(p => $"{p.Name}={Uri.EscapeDataString(p.Value)}")) is { Length: > 0 } query ? $"/tasks?{query}" : "/tasks";

    private IEnumerable<(string Name, string Value)> Parameters()
    {
        if (States.Count > 0)
            yield return ("state", string.Join(',', States.Select(state => state.ToName())));
        if (Worker is not null)
            yield return ("worker", Worker);
        if (Type is not null)
            yield return ("type", Type);
        if (Cursor is not null)
            yield return ("cursor", Cursor);
    }

    private static string? NullIfEmpty(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
