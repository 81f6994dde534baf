using System.Text.Json;

namespace AgentSystem.Orchestrator.Api;

/// <summary>What is wrong with the fields of a request, by their names.</summary>
internal sealed class FieldErrors
{
    // Whoever sends ten thousand wrong tasks has made one mistake, not ten thousand.
    private const int MaxErrors = 100;
    private const int MaxShownText = 60;

    private readonly Dictionary<string, string[]> _errors = new(StringComparer.Ordinal);
    private bool _tooLarge;
    private int _more;

    /// <summary>The errors of one object of the request, for example <c>tasks[3]</c>; empty for the request itself.</summary>
    internal Scope At(string name) => new(this, name);

    /// <exception cref="BadInputException">There are errors.</exception>
    internal void ThrowIfAny()
    {
        if (_errors.Count == 0)
            return;
        throw new BadInputException(
            _tooLarge ? StatusCodes.Status413PayloadTooLarge : StatusCodes.Status400BadRequest,
            "Nothing was accepted, because something is wrong with the request.",
            string.Join("; ", _errors.Take(3).Select(e => $"{e.Key} {e.Value[0]}")) + (_errors.Count + _more > 3 ? $"; and {_errors.Count + _more - 3} more" : "") + ".",
            _errors);
    }

    /// <summary>A JSON value in a few words.</summary>
    internal static string Describe(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => $"\"{Shorten(value.GetString()!)}\"",
        JsonValueKind.Number => $"the number {Shorten(value.GetRawText())}",
        JsonValueKind.Null => "null",
        _ => value.GetRawText(),
    };

    private static string Shorten(string text) => text.Length <= MaxShownText ? text : text[..MaxShownText] + "…";

    internal readonly struct Scope(FieldErrors all, string name)
    {
        internal void Add(string field, string error)
        {
            var key = (name.Length, field.Length) switch
            {
                (0, 0) => "task",
                (0, _) => field,
                (_, 0) => name,
                _ => $"{name}.{field}",
            };
            if (all._errors.Count < MaxErrors)
                all._errors[key] = all._errors.TryGetValue(key, out var earlier) ? [.. earlier, error] : [error];
            else
                all._more++;
        }

        internal void TooLarge(string field, string error)
        {
            all._tooLarge = true;
            Add(field, error);
        }

        /// <summary>The field's text if it is text and valid, else null with an error.</summary>
        internal string? Text(JsonProperty field, Func<string, bool> isValid, string rule)
        {
            if (field.Value.ValueKind != JsonValueKind.String)
            {
                Add(field.Name, $"must be text, not {Describe(field.Value)}");
                return null;
            }
            var text = field.Value.GetString()!;
            if (isValid(text))
                return text;
            Add(field.Name, $"{rule} (not \"{Shorten(text)}\")");
            return null;
        }
    }
}
