using System.Text;
using AgentSystem.TelemetryStore.LogQl.Syntax;
using AgentSystem.TelemetryStore.Logs;

namespace AgentSystem.TelemetryStore.LogQl.Evaluation;

/// <summary>The labels of a result, sorted by name. Sets with the same labels are equal.</summary>
public sealed class LabelSet : IEquatable<LabelSet>
{
    private readonly Label[] _labels;
    private readonly int _hash;

    /// <summary>Takes the labels in any order; names differ.</summary>
    public LabelSet(IEnumerable<Label> labels)
    {
        _labels = [.. labels];
        Array.Sort(_labels, static (a, b) => string.CompareOrdinal(a.Name, b.Name));
        var hash = new HashCode();
        foreach (var label in _labels)
            hash.Add(label);
        _hash = hash.ToHashCode();
    }

    /// <summary>No labels.</summary>
    public static LabelSet Empty { get; } = new([]);

    /// <summary>The labels, sorted by name.</summary>
    public IReadOnlyList<Label> Labels => _labels;

    /// <summary>The value of a label, null when it is missing.</summary>
    public string? this[string name]
    {
        get
        {
            foreach (var label in _labels)
            {
                if (label.Name == name)
                    return label.Value;
            }
            return null;
        }
    }

    /// <summary>These labels alone.</summary>
    public LabelSet Only(IReadOnlyCollection<string> names) => new(_labels.Where(l => names.Contains(l.Name)));

    /// <summary>All but these labels.</summary>
    public LabelSet Except(IReadOnlyCollection<string> names) => names.Count == 0 ? this : new(_labels.Where(l => !names.Contains(l.Name)));

    /// <summary>With another value of one label; "" takes it away.</summary>
    public LabelSet With(string name, string value) =>
        new(_labels.Where(l => l.Name != name).Concat(value.Length > 0 ? [new Label(name, value)] : []));

    /// <inheritdoc/>
    public bool Equals(LabelSet? other) => other is not null && _hash == other._hash && _labels.AsSpan().SequenceEqual(other._labels);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as LabelSet);

    /// <inheritdoc/>
    public override int GetHashCode() => _hash;

    /// <summary>By names and values, label after label; the shorter set first. The order of series in an answer.</summary>
    public static IComparer<LabelSet> Order { get; } = Comparer<LabelSet>.Create(Compare);

    private static int Compare(LabelSet left, LabelSet right)
    {
        for (var i = 0; i < Math.Min(left._labels.Length, right._labels.Length); i++)
        {
            var order = string.CompareOrdinal(left._labels[i].Name, right._labels[i].Name);
            if (order == 0)
                order = string.CompareOrdinal(left._labels[i].Value, right._labels[i].Value);
            if (order != 0)
                return order;
        }
        return left._labels.Length - right._labels.Length;
    }

    /// <summary><c>{a="b", c="d"}</c></summary>
    public override string ToString() =>
        new StringBuilder().Append('{').AppendJoin(", ", _labels.Select(l => $"{l.Name}={GoText.Quote(l.Value)}")).Append('}').ToString();
}
