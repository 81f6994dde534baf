using AgentSystem.TelemetryStore.LogQl.Syntax;

namespace AgentSystem.TelemetryStore.LogQl.Evaluation;

/// <summary>Operators between series and numbers, and between series and series.</summary>
internal static class BinaryOperator
{
    internal static List<Sample> Apply(BinaryExpr binary, List<Sample> samples, double literal, bool literalIsLeft)
    {
        var results = new List<Sample>(samples.Count);
        foreach (var sample in samples)
        {
            var value = literalIsLeft ? Arithmetic.Apply(binary.Operator, literal, sample.Value) : Arithmetic.Apply(binary.Operator, sample.Value, literal);
            // A comparison keeps the series' own value, or drops the series.
            if (!binary.IsComparison || binary.ReturnBool)
                results.Add(sample with { Value = value });
            else if (value != 0)
                results.Add(sample);
        }
        return results;
    }

    internal static List<Sample> Apply(BinaryExpr binary, List<Sample> left, List<Sample> right)
    {
        var matching = binary.Matching;
        return binary.Operator switch
        {
            "and" => [.. left.IntersectBySignature(right, matching, keep: true)],
            "unless" => [.. left.IntersectBySignature(right, matching, keep: false)],
            "or" => [.. left, .. right.IntersectBySignature(left, matching, keep: false)],
            _ => Join(binary, left, right),
        };
    }

    private static IEnumerable<Sample> IntersectBySignature(this List<Sample> samples, List<Sample> others, Matching matching, bool keep)
    {
        var signatures = others.Select(o => Signature(o.Labels, matching)).ToHashSet();
        return samples.Where(s => signatures.Contains(Signature(s.Labels, matching)) == keep);
    }

    private static LabelSet Signature(LabelSet labels, Matching matching) =>
        matching.On ? labels.Only(matching.Labels ?? []) : labels.Except(matching.Labels ?? []);

    private static List<Sample> Join(BinaryExpr binary, List<Sample> left, List<Sample> right)
    {
        var matching = binary.Matching;
        var swapped = matching.Group == "group_right";
        var (many, one) = swapped ? (right, left) : (left, right);
        var partners = new Dictionary<LabelSet, Sample>();
        foreach (var sample in one)
        {
            if (!partners.TryAdd(Signature(sample.Labels, matching), sample))
                throw new LogQlException(
                    $"found duplicate series on the {(swapped ? "left" : "right")} hand-side;many-to-many matching not allowed: matching labels must be unique on one side");
        }
        var results = new List<Sample>();
        var matched = new HashSet<(LabelSet Signature, LabelSet? Result)>();
        foreach (var sample in many)
        {
            var signature = Signature(sample.Labels, matching);
            if (!partners.TryGetValue(signature, out var partner))
                continue;
            var labels = ResultLabels(sample.Labels, partner.Labels, matching);
            if (!matched.Add((signature, matching.Group is null ? null : labels)))
                throw new LogQlException(matching.Group is null
                    ? "multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)"
                    : "multiple matches for labels: grouping labels must ensure unique matches");
            var (a, b) = swapped ? (partner, sample) : (sample, partner);
            var value = Arithmetic.Apply(binary.Operator, a.Value, b.Value);
            if (!binary.IsComparison || binary.ReturnBool)
                results.Add(new(labels, sample.TimestampMillis, value));
            else if (value != 0)
                results.Add(new(labels, sample.TimestampMillis, a.Value));
        }
        return results;
    }

    private static LabelSet ResultLabels(LabelSet many, LabelSet one, Matching matching)
    {
        var labels = matching.Group is null ? Signature(many, matching) : many;
        foreach (var name in matching.Include ?? [])
            labels = labels.With(name, one[name] ?? "");
        return labels;
    }
}
