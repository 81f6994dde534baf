namespace AgentSystem.TelemetryStore.LogQl.Syntax;

/// <summary>What the operators between numbers do.</summary>
internal static class Arithmetic
{
    /// <summary>The result; 1 for a comparison that holds and 0 for one that does not. Division by zero is not a number, as in Loki.</summary>
    internal static double Apply(string op, double left, double right) => op switch
    {
        "+" => left + right,
        "-" => left - right,
        "*" => left * right,
        "/" => right == 0 ? double.NaN : left / right,
        "%" => right == 0 ? double.NaN : left % right,
        "^" => Math.Pow(left, right),
        "==" => left == right ? 1 : 0,
        "!=" => left != right ? 1 : 0,
        ">" => left > right ? 1 : 0,
        ">=" => left >= right ? 1 : 0,
        "<" => left < right ? 1 : 0,
        "<=" => left <= right ? 1 : 0,
        _ => throw new ArgumentOutOfRangeException(nameof(op), op, "no operator between numbers"),
    };
}
