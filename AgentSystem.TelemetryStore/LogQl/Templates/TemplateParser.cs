using System.Globalization;
using AgentSystem.TelemetryStore.LogQl.Syntax;

namespace AgentSystem.TelemetryStore.LogQl.Templates;

/// <summary>Reads a template.</summary>
internal sealed class TemplateParser(string name, string text)
{
    private const int MaxDepth = 100;
    private static readonly char[] Blanks = [' ', '\t', '\r', '\n'];

    private readonly List<string> _fields = [];
    private int _at, _depth;

    // The last action ended with -}}.
    private bool _trimNext;

    internal IReadOnlyList<string> Fields => _fields;

    internal IReadOnlyList<Node> Parse()
    {
        var (nodes, end) = Nodes();
        return end is null ? nodes : throw Error($"unexpected {{{{{end}}}}}");
    }

    /// <summary>Everything up to an <c>end</c> or <c>else</c>, which is returned with it, or up to the end of the text.</summary>
    private (IReadOnlyList<Node> Nodes, string? End) Nodes()
    {
        if (++_depth > MaxDepth)
            throw Error("the template is nested too deeply");
        var nodes = new List<Node>();
        while (true)
        {
            var open = text.IndexOf("{{", _at, StringComparison.Ordinal);
            var plain = open < 0 ? text[_at..] : text[_at..open];
            if (_trimNext)
                plain = plain.TrimStart(Blanks);
            _trimNext = false;
            _at = open < 0 ? text.Length : open + 2;
            var trims = open >= 0 && Peek() == '-' && char.IsWhiteSpace(Peek(1));
            if (trims)
            {
                plain = plain.TrimEnd(Blanks);
                _at++;
            }
            if (plain.Length > 0)
                nodes.Add(new TextNode(plain));
            if (open < 0)
            {
                _depth--;
                return (nodes, null);
            }
            if (Action(nodes) is { } end)
            {
                _depth--;
                return (nodes, end);
            }
        }
    }

    /// <summary>Adds what an action stands for; returns its keyword when it ends the nodes around it.</summary>
    private string? Action(List<Node> nodes)
    {
        Blank();
        if (Peek() == '/' && Peek(1) == '*')
        {
            var end = text.IndexOf("*/", _at, StringComparison.Ordinal);
            _at = end < 0 ? throw Error("unclosed comment") : end + 2;
            Close();
            return null;
        }
        var start = _at;
        var word = Word();
        switch (word)
        {
            case "end":
                Close();
                return word;
            case "else":
                Blank();
                if (Word() is { Length: > 0 } next)
                    return next == "if" ? "else if" : throw Error($"unexpected <{next}> in else");
                Close();
                return word;
            case "if" or "with" or "range":
                nodes.Add(Branch(word));
                return null;
            case "define" or "template" or "block" or "break" or "continue":
                throw Error($"{{{{{word}}}}} is not supported by this store");
        }
        _at = start;
        nodes.Add(new ActionNode(Pipeline()));
        Close();
        return null;
    }

    private BranchNode Branch(string keyword)
    {
        var pipeline = Pipeline();
        Close();
        var (then, end) = Nodes();
        IReadOnlyList<Node> otherwise = [];
        if (end == "else if")
            return new(keyword, pipeline, then, [Branch("if")]);
        if (end == "else")
            (otherwise, end) = Nodes();
        return end == "end" ? new(keyword, pipeline, then, otherwise) : throw Error("unexpected EOF");
    }

    private Pipeline Pipeline()
    {
        Blank();
        var variable = Assignment();
        var commands = new List<Command>();
        do
            commands.Add(Command(isFirst: commands.Count == 0));
        while (Take('|'));
        return new(variable, commands);
    }

    private string? Assignment()
    {
        var start = _at;
        if (Peek() == '$')
        {
            _at++;
            var variable = "$" + Word();
            Blank();
            if (Take(','))
                throw Error("two variables in a range are not supported by this store");
            if (Take(':') & Take('='))
                return variable;
        }
        _at = start;
        return null;
    }

    private Command Command(bool isFirst)
    {
        var operands = new List<Operand>();
        while (true)
        {
            Blank();
            if (_at >= text.Length)
                throw Error("unclosed action");
            if (Peek() is '|' or ')' || IsClosing())
                break;
            operands.Add(Operand());
        }
        if (operands.Count == 0)
            throw Error("missing value for command");
        if (operands[0] is not Function && (operands.Count > 1 || !isFirst))
            throw Error("can't give argument to non-function");
        return new(operands);
    }

    private Operand Operand()
    {
        var c = Peek();
        Operand operand;
        if (c == '.' && !char.IsAsciiDigit(Peek(1)))
        {
            operand = char.IsLetter(Peek(1)) || Peek(1) == '_' ? FieldOf(null) : new Dot();
            if (operand is Dot)
                _at++;
            return operand;
        }
        if (c is '"' or '`')
            return new Constant(Text(c));
        if (char.IsAsciiDigit(c) || c is '+' or '-' or '.')
            return Number();
        if (c == '(')
        {
            if (++_depth > MaxDepth)
                throw Error("the template is nested too deeply");
            _at++;
            operand = new Nested(Pipeline());
            Blank();
            if (!Take(')'))
                throw Error("unclosed left paren");
            _depth--;
        }
        else if (c == '$')
        {
            _at++;
            operand = new Variable("$" + Word());
        }
        else
        {
            var word = Word();
            operand = word switch
            {
                "" => throw Error($"unexpected {GoText.Quote(c.ToString())} in command"),
                "true" => new Constant(true),
                "false" => new Constant(false),
                "nil" => new Constant(null),
                _ when TemplateFunctions.IsKnown(word) => new Function(word),
                _ when TemplateFunctions.IsUnsupported(word) => throw Error($"function {GoText.Quote(word)} is not supported by this store"),
                _ => throw Error($"function {GoText.Quote(word)} not defined"),
            };
        }
        return Peek() == '.' ? FieldOf(operand) : operand;
    }

    private Field FieldOf(Operand? of)
    {
        var names = new List<string>();
        while (Peek() == '.')
        {
            _at++;
            names.Add(Word() is { Length: > 0 } word ? word : throw Error("unexpected <.> in operand"));
        }
        if (of is null or Variable { Name: "$" })
            _fields.Add(names[0]);
        return new(of, names);
    }

    private Constant Number()
    {
        var start = _at;
        _at++;
        while (char.IsAsciiLetterOrDigit(Peek()) || Peek() is '.' or '_' || (Peek() is '+' or '-' && text[_at - 1] is 'e' or 'E'))
            _at++;
        var written = text[start.._at];
        if (long.TryParse(written, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole))
            return new(whole);
        return GoText.TryParseFloat(written, out var value) ? new(value) : throw Error($"bad number syntax: {GoText.Quote(written)}");
    }

    private string Text(char quote)
    {
        var content = new System.Text.StringBuilder();
        for (_at++; _at < text.Length && text[_at] != quote; _at++)
        {
            if (quote == '"' && text[_at] == '\\')
            {
                var at = _at + 1;
                content.Append((GoText.Unescape(text, ref at) ?? throw Error("invalid syntax in quoted string")).ToString());
                _at = at - 1;
            }
            else
            {
                content.Append(text[_at]);
            }
        }
        if (_at >= text.Length)
            throw Error(quote == '"' ? "unterminated quoted string" : "unterminated raw quoted string");
        _at++;
        return content.ToString();
    }

    private char Peek(int ahead = 0) => _at + ahead < text.Length ? text[_at + ahead] : '\0';

    private void Blank()
    {
        while (_at < text.Length && Blanks.Contains(text[_at]))
            _at++;
    }

    private string Word()
    {
        var start = _at;
        while (char.IsLetterOrDigit(Peek()) || Peek() == '_')
            _at++;
        return text[start.._at];
    }

    private bool Take(char c)
    {
        if (Peek() != c)
            return false;
        _at++;
        return true;
    }

    private bool IsClosing() => string.CompareOrdinal(text, _at, "}}", 0, 2) == 0
        || (string.CompareOrdinal(text, _at, "-}}", 0, 3) == 0 && _at > 0 && char.IsWhiteSpace(text[_at - 1]));

    private void Close()
    {
        Blank();
        if (!IsClosing())
            throw Error(_at >= text.Length ? "unclosed action" : $"unexpected {GoText.Quote(Peek().ToString())} in operand");
        _trimNext = Peek() == '-';
        _at += _trimNext ? 3 : 2;
    }

    private TemplateException Error(string what) => new($"template: {name}:{text.AsSpan(0, Math.Min(_at, text.Length)).Count('\n') + 1}: {what}");
}
