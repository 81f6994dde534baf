using System.Text;

namespace AgentSystem.TelemetryStore.LogQl.Templates;

/// <summary>A template that cannot be read, or that fails on a line.</summary>
public sealed class TemplateException : Exception
{
    /// <summary>Says what is wrong.</summary>
    public TemplateException(string message)
        : base(message)
    {
    }

    /// <summary>Says what is wrong and what caused it.</summary>
    public TemplateException(string message, Exception cause)
        : base(message, cause)
    {
    }

    /// <summary>Without words of its own.</summary>
    public TemplateException()
    {
    }
}

/// <summary>What a template is given: the line's labels, its text and its time.</summary>
internal sealed record TemplateInput(IReadOnlyDictionary<string, string> Labels, string Line, long TimestampNanos);

/// <summary>
/// The part of Go's text templates (<see href="https://pkg.go.dev/text/template"/>) that queries use: fields, pipelines, functions,
/// variables, <c>if</c>, <c>with</c>, <c>range</c>. Anything else is refused when the template is read.
/// </summary>
internal sealed class Template
{
    // A line cannot become longer than Loki would store one several times over.
    private const int MaxOutput = 1 << 20;

    private readonly IReadOnlyList<Node> _nodes;

    private Template(IReadOnlyList<Node> nodes, IReadOnlyList<string> fields) => (_nodes, Fields) = (nodes, fields);

    /// <summary>The labels that it mentions.</summary>
    internal IReadOnlyList<string> Fields { get; }

    /// <exception cref="TemplateException">The text is no template, or calls for what is not supported.</exception>
    internal static Template Parse(string name, string text)
    {
        var parser = new TemplateParser(name, text);
        return new(parser.Parse(), parser.Fields);
    }

    /// <exception cref="TemplateException">A function cannot work with what it is given.</exception>
    internal string Execute(TemplateInput input)
    {
        var run = new TemplateRun(input);
        run.Write(_nodes, input.Labels);
        return run.Output.ToString();
    }

    /// <summary>One execution.</summary>
    private sealed class TemplateRun(TemplateInput input)
    {
        private readonly Dictionary<string, object?> _variables = new() { ["$"] = input.Labels };

        internal StringBuilder Output { get; } = new();

        internal void Write(IReadOnlyList<Node> nodes, object? dot)
        {
            foreach (var node in nodes)
            {
                Write(node, dot);
                if (Output.Length > MaxOutput)
                    throw new TemplateException($"the text is longer than {MaxOutput} characters");
            }
        }

        private void Write(Node node, object? dot)
        {
            switch (node)
            {
                case TextNode text:
                    Output.Append(text.Text);
                    break;
                case ActionNode action:
                    var value = Evaluate(action.Pipeline, dot);
                    if (action.Pipeline.Variable is null)
                        Output.Append(GoValues.Print(value));
                    break;
                case BranchNode { Keyword: "range" } range:
                    Range(range, dot);
                    break;
                case BranchNode branch:
                    var condition = Evaluate(branch.Pipeline, dot);
                    var holds = GoValues.IsTrue(condition);
                    Write(holds ? branch.Then : branch.Else, holds && branch.Keyword == "with" ? condition : dot);
                    break;
            }
        }

        private void Range(BranchNode range, object? dot)
        {
            var items = Evaluate(range.Pipeline, dot) switch
            {
                null => [],
                IReadOnlyList<object?> list => list,
                IReadOnlyDictionary<string, object?> map => [.. map.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => p.Value)],
                var other => throw new TemplateException($"range can't iterate over {GoValues.Print(other)}"),
            };
            foreach (var item in items)
            {
                if (range.Pipeline.Variable is { } variable)
                    _variables[variable] = item;
                Write(range.Then, item);
            }
            if (items.Count == 0)
                Write(range.Else, dot);
        }

        private object? Evaluate(Pipeline pipeline, object? dot)
        {
            object? value = null;
            for (var i = 0; i < pipeline.Commands.Count; i++)
                value = Evaluate(pipeline.Commands[i], dot, i > 0 ? [value] : []);
            if (pipeline.Variable is { } variable)
                _variables[variable] = value;
            return value;
        }

        private object? Evaluate(Command command, object? dot, object?[] last)
        {
            if (command.Operands[0] is not Function function)
                return Operand(command.Operands[0], dot);
            var arguments = command.Operands.Skip(1).Select(o => Operand(o, dot)).Concat(last).ToArray();
            return Call(function.Name, arguments);
        }

        private object? Operand(Operand operand, object? dot) => operand switch
        {
            Constant constant => constant.Value,
            Field field => field.Names.Aggregate(field.Of is null ? dot : Operand(field.Of, dot), GoValues.Field),
            Variable variable => _variables.TryGetValue(variable.Name, out var value) ? value : throw new TemplateException($"undefined variable: {variable.Name}"),
            Nested nested => Evaluate(nested.Pipeline, dot),
            Function function => Call(function.Name, []),
            _ => dot,
        };

        private object? Call(string name, object?[] arguments)
        {
            try
            {
                return name switch
                {
                    "__line__" => input.Line,
                    "__timestamp__" => new GoTime(input.TimestampNanos),
                    _ => TemplateFunctions.All[name](arguments),
                };
            }
            catch (Exception e) when (e is FormatException or OverflowException or DivideByZeroException or ArgumentException or IndexOutOfRangeException or InvalidCastException)
            {
                throw new TemplateException($"error calling {name}: {e.Message}", e);
            }
        }
    }
}

/// <summary>A piece of a template.</summary>
internal abstract record Node;

internal sealed record TextNode(string Text) : Node;

internal sealed record ActionNode(Pipeline Pipeline) : Node;

internal sealed record BranchNode(string Keyword, Pipeline Pipeline, IReadOnlyList<Node> Then, IReadOnlyList<Node> Else) : Node;

/// <summary>Commands, each given the result of the one before; the last result may go into a variable.</summary>
internal sealed record Pipeline(string? Variable, IReadOnlyList<Command> Commands);

/// <summary>A value, or a function and what it is given.</summary>
internal sealed record Command(IReadOnlyList<Operand> Operands);

internal abstract record Operand;

internal sealed record Dot : Operand;

internal sealed record Constant(object? Value) : Operand;

internal sealed record Field(Operand? Of, IReadOnlyList<string> Names) : Operand;

internal sealed record Variable(string Name) : Operand;

internal sealed record Nested(Pipeline Pipeline) : Operand;

internal sealed record Function(string Name) : Operand;
