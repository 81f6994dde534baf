using System.Globalization;

namespace AgentSystem.TelemetryStore.LogQl.Syntax;

/// <content>Numbers from lines.</content>
public sealed partial class Parser
{
    // Stands where a subquery was refused; the refusal itself is thrown when all of the text has been read.
    private static readonly MetricExpr Refused = new VectorLiteral(0);

    /// <summary>Operands and the operators between them that bind more tightly than <paramref name="precedence"/>.</summary>
    private Expr Expression(int precedence)
    {
        var left = Nested(Operand);
        return Operators(left, precedence);
    }

    private Expr Operators(Expr left, int precedence)
    {
        while (true)
        {
            var own = Precedence();
            if (own <= precedence)
                return left;
            var op = Advance().Text;
            Link();
            var returnBool = Take("bool");
            var matching = VectorMatching();
            // The power binds to the right.
            var right = Nested(() => Expression(op == "^" ? own - 1 : own));
            left = Binary(op, left, right, returnBool, matching);
        }
    }

    private int Precedence() => _token.Kind is not TokenKind.Symbol ? 0 : _token.Text switch
    {
        "or" => 1,
        "and" or "unless" => 2,
        "==" or "!=" or ">" or ">=" or "<" or "<=" => 3,
        "+" or "-" => 4,
        "*" or "/" or "%" => 5,
        "^" => 6,
        _ => 0,
    };

    private Matching VectorMatching()
    {
        if (!_token.Is("on") && !_token.Is("ignoring"))
            return Matching.Default;
        var on = Advance().Text == "on";
        var labels = OptionalNames();
        if (!_token.Is("group_left") && !_token.Is("group_right"))
            return new(on, labels);
        var group = Advance().Text;
        return new(on, labels, group, _token.Is("(") ? OptionalNames() : null);
    }

    /// <summary>Names in parentheses, null when there are none.</summary>
    private Sequence<string>? OptionalNames()
    {
        Expect("(", "(");
        if (Take(")"))
            return null;
        var names = Names(")");
        Expect(")", ",", ")");
        return names;
    }

    private MetricExpr Binary(string op, Expr left, Expr right, bool returnBool, Matching matching)
    {
        if (left is not MetricExpr a)
            return Late($"unexpected type for left leg of binary operation ({op}): {TypeName(left)}");
        if (right is not MetricExpr b)
            return Late($"unexpected type for right leg of binary operation ({op}): {TypeName(right)}");
        if (BinaryExpr.IsSetOperator(op) && (a as Literal ?? b as Literal) is { } literal)
        {
            var leg = a is Literal ? "left" : "right";
            return Late($"unexpected literal for {leg} leg of logical/set binary operation ({op}): {literal.Value.ToString("F6", CultureInfo.InvariantCulture)}");
        }
        return a is Literal x && b is Literal y
            ? new Literal(Arithmetic.Apply(op, x.Value, y.Value))
            : new BinaryExpr(op, a, b, returnBool, matching);
    }

    private static string TypeName(Expr expr) => expr is LogExpr { Stages.Count: 0 } ? "*syntax.MatchersExpr" : "*syntax.PipelineExpr";

    private Expr Operand()
    {
        if (_token.Kind is TokenKind.Number || _token.Is("+") || _token.Is("-"))
            return new Literal(SignedNumber());
        if (_token.Is("{"))
            return new LogExpr(Selector(), Pipeline(mayUnwrap: false).Stages);
        if (Take("("))
        {
            var inner = Expression(0);
            Expect(")");
            return inner;
        }
        if (_token.Is("variants"))
            throw NotSupported("variants()");
        if (_token.Kind is not TokenKind.Function)
            throw Unexpected();
        return _token.Text switch
        {
            "vector" => Vector(),
            "label_replace" => Replace(),
            "sum" or "avg" or "min" or "max" or "count" or "stddev" or "stdvar" or "topk" or "bottomk" or "sort" or "sort_desc" => Aggregation(),
            "rate_counter" or "approx_topk" => throw NotSupported(_token.Text + "()"),
            "bytes" or "duration" or "duration_seconds" or "ip" => throw Unexpected(),
            _ => OverTime(),
        };
    }

    private double SignedNumber()
    {
        var isNegative = Take("-");
        var isSigned = isNegative || Take("+");
        var value = Float(Expect(TokenKind.Number, isSigned ? ["NUMBER"] : []).Text, "literal");
        return isNegative ? -value : value;
    }

    private static double Float(string written, string what)
    {
        if (GoText.TryParseFloat(written, out var value))
            return value;
        // Go's scanner reads 0x10 and 0b1 as numbers, and its reader of floats does not.
        var problem = char.IsAsciiLetter(written.ElementAtOrDefault(1)) && written[0] == '0' && written[1] is not ('e' or 'E') ? "invalid syntax" : "value out of range";
        throw new LogQlParseException($"unable to parse {what} as a float: strconv.ParseFloat: parsing {GoText.Quote(written)}: {problem}");
    }

    private VectorLiteral Vector()
    {
        Advance();
        Expect("(", "(");
        var written = Expect(TokenKind.Number, "NUMBER").Text;
        Expect(")", ")");
        return new(Float(written, "vectorExpr"));
    }

    private MetricExpr Replace()
    {
        Advance();
        Expect("(", "(");
        var of = MetricInside(Expression(0));
        var texts = new string[4];
        for (var i = 0; i < texts.Length; i++)
        {
            Expect(",", i == 0 ? [] : [","]);
            texts[i] = Text();
        }
        Expect(")", ")");
        try
        {
            Logs.Re2.Compile(texts[3]);
        }
        catch (Logs.Re2Exception e)
        {
            return Late($"invalid regex in label_replace: {e.Message}");
        }
        return new LabelReplace(of, texts[0], texts[1], texts[2], texts[3]);
    }

    private MetricExpr Aggregation()
    {
        var operation = Advance().Text;
        var grouping = Group();
        Expect("(", grouping is null ? ["(", "by", "without"] : ["("]);
        Token? parameter = null;
        Expr of;
        if (_token.Kind is TokenKind.Number && Advance() is var number)
        {
            if (Take(","))
                (parameter, of) = (number, Expression(0));
            else
                of = Operators(new Literal(Float(number.Text, "literal")), 0);
        }
        else
        {
            of = Expression(0);
        }
        var inner = MetricInside(of);
        Expect(")");
        grouping ??= Group();
        return Aggregate(operation, inner, grouping, parameter?.Text);
    }

    private MetricExpr Aggregate(string operation, MetricExpr of, Grouping? grouping, string? parameter)
    {
        var count = 0;
        if (operation is "topk" or "bottomk")
        {
            if (parameter is null)
                return Late($"parameter required for operation {operation}");
            if (!int.TryParse(parameter, NumberStyles.None, CultureInfo.InvariantCulture, out count))
                return Late($"invalid parameter {operation}({parameter},");
            if (count <= 0)
                return Late($"invalid parameter (must be greater than 0) {operation}({parameter}");
        }
        else if (parameter is not null)
        {
            return Late($"unsupported parameter for operation {operation}({parameter},");
        }
        if (operation is "sort" or "sort_desc" && grouping?.Labels.Count > 0)
            return Late("sort and sort_desc doesn't allow grouping by ");
        return new VectorAggregation(operation, of, grouping ?? new(false, []), count);
    }

    private Grouping? Group()
    {
        if (!_token.Is("by") && !_token.Is("without"))
            return null;
        var without = Advance().Text == "without";
        return new(without, OptionalNames() ?? []);
    }

    private MetricExpr OverTime()
    {
        var operation = Advance().Text;
        Expect("(", "(");
        Token? parameter = null;
        if (_token.Kind is TokenKind.Number)
        {
            parameter = Advance();
            Expect(",", ",");
        }
        else if (!_token.Is("{") && !_token.Is("("))
        {
            throw Unexpected("NUMBER", "{", "(");
        }
        var range = Nested(Range);
        Expect(")", ")");
        var grouping = Group();
        return OverTime(operation, range, parameter?.Text, grouping);
    }

    private MetricExpr OverTime(string operation, LogRange range, string? parameter, Grouping? grouping)
    {
        if (parameter is not null && operation != "quantile_over_time")
            return Late($"parameter {parameter} not supported for operation {operation}");
        if (parameter is null && operation == "quantile_over_time")
            return Late($"parameter required for operation {operation}");
        if (grouping is not null && operation is not
            ("avg_over_time" or "stddev_over_time" or "stdvar_over_time" or "quantile_over_time" or "max_over_time" or "min_over_time" or "first_over_time" or "last_over_time"))
            return Late($"grouping not allowed for {operation} aggregation");
        var counts = operation is "count_over_time" or "bytes_over_time" or "bytes_rate";
        if (range.Unwrap is not null && counts)
            return Late($"invalid aggregation {operation} with unwrap");
        if (range.Unwrap is null && !counts && operation is not ("rate" or "absent_over_time"))
            return Late($"invalid aggregation {operation} without unwrap");
        double? number = parameter is not null && GoText.TryParseFloat(parameter, out var value) ? value : null;
        return new RangeAggregation(operation, range, number, grouping);
    }

    /// <summary>Lines and how far back: the range may stand before or after the pipeline, and parentheses around any part.</summary>
    private LogRange Range()
    {
        if (Take("("))
        {
            if (_token.Is("("))
            {
                var nested = Nested(Range);
                Expect(")", ")");
                return nested;
            }
            var matchers = Selector();
            var (stages, unwrap) = Pipeline(mayUnwrap: true);
            var logs = new LogExpr(matchers, stages);
            if (Take(")"))
                return Interval(logs, unwrap);
            var inside = Interval(logs, unwrap);
            Expect(")", ")");
            return inside;
        }
        var selector = Selector();
        var (pipeline, label) = Pipeline(mayUnwrap: true);
        return Interval(new(selector, pipeline), label);
    }

    private LogRange Interval(LogExpr logs, Unwrap? unwrap)
    {
        var interval = Expect(TokenKind.Range).Value;
        var offset = Take("offset") ? Expect(TokenKind.Duration, "DURATION").Value : 0;
        if (logs.Stages.Count == 0 && unwrap is null)
        {
            (var stages, unwrap) = Pipeline(mayUnwrap: true);
            logs = logs with { Stages = stages };
        }
        return new(logs, interval, offset, unwrap);
    }

    private MetricExpr MetricInside(Expr expr) => expr as MetricExpr ?? throw Unexpected();

    private MetricExpr Late(string message)
    {
        _late ??= new LogQlParseException(message);
        return Refused;
    }
}
