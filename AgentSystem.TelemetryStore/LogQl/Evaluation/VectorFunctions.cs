using AgentSystem.TelemetryStore.LogQl.Syntax;

namespace AgentSystem.TelemetryStore.LogQl.Evaluation;

/// <summary>What vector aggregations make of the series of a step.</summary>
internal static class VectorFunctions
{
    internal static List<Sample> Apply(VectorAggregation vector, List<Sample> samples)
    {
        var groups = new Dictionary<LabelSet, List<Sample>>();
        foreach (var sample in samples)
        {
            var labels = vector.Grouping.Without ? sample.Labels.Except(vector.Grouping.Labels) : sample.Labels.Only(vector.Grouping.Labels);
            if (!groups.TryGetValue(labels, out var group))
                groups[labels] = group = [];
            group.Add(sample);
        }
        return vector.Operation is "topk" or "bottomk" or "sort" or "sort_desc"
            ? [.. groups.Values.SelectMany(group => Ordered(vector, group))]
            : [.. groups.Select(g => new Sample(g.Key, g.Value[0].TimestampMillis, Value(vector.Operation, g.Value)))];
    }

    private static IEnumerable<Sample> Ordered(VectorAggregation vector, List<Sample> group)
    {
        var descending = vector.Operation is "topk" or "sort_desc";
        // What is not a number comes last in either direction.
        var ordered = group.OrderBy(s => double.IsNaN(s.Value)).ThenBy(s => descending ? -s.Value : s.Value).ThenBy(s => s.Labels, LabelSet.Order);
        return vector.Operation is "topk" or "bottomk" ? ordered.Take(vector.Parameter) : ordered;
    }

    private static double Value(string operation, List<Sample> group)
    {
        switch (operation)
        {
            case "count":
                return group.Count;
            case "sum":
                return group.Aggregate(0.0, (sum, s) => sum + s.Value);
            case "min":
                return group.Aggregate(double.NaN, (least, s) => s.Value < least || double.IsNaN(least) ? s.Value : least);
            case "max":
                return group.Aggregate(double.NaN, (most, s) => s.Value > most || double.IsNaN(most) ? s.Value : most);
        }
        double mean = group[0].Value, squares = 0, count = 1;
        foreach (var sample in group.Skip(1))
        {
            count++;
            var delta = sample.Value - mean;
            mean += delta / count;
            squares += delta * (sample.Value - mean);
        }
        return operation switch
        {
            "avg" => mean,
            "stdvar" => squares / count,
            "stddev" => Math.Sqrt(squares / count),
            _ => throw new LogQlException($"the aggregation {operation} is not supported by this store"),
        };
    }
}
