namespace AgentSystem.TelemetryStore.LogQl.Syntax;

/// <summary>A query that Loki would refuse, or that this store does not understand: a 400 with this text.</summary>
public class LogQlException : Exception
{
    /// <summary>Says what is wrong, without a place.</summary>
    public LogQlException(string message)
        : base(message)
    {
    }

    /// <summary>Says what is wrong and which error caused it.</summary>
    public LogQlException(string message, Exception cause)
        : base(message, cause)
    {
    }

    /// <summary>Without words of its own.</summary>
    public LogQlException()
    {
    }
}

/// <summary>A text that is no LogQL. The message has Loki's form, place first.</summary>
public sealed class LogQlParseException : LogQlException
{
    /// <summary>An error at a place of the text.</summary>
    /// <param name="message">What is wrong.</param>
    /// <param name="line">From 1; Loki writes 0 where its scanner has lost the line.</param>
    /// <param name="column">From 1, in characters.</param>
    public LogQlParseException(string message, int line, int column)
        : base($"parse error at line {line}, col {column}: {message}") => (Line, Column) = (line, column);

    /// <summary>An error of the query as a whole.</summary>
    public LogQlParseException(string message)
        : base($"parse error : {message}")
    {
    }

    /// <summary>An error of the query as a whole, and what caused it.</summary>
    public LogQlParseException(string message, Exception cause)
        : base($"parse error : {message}", cause)
    {
    }

    /// <summary>Without words of its own.</summary>
    public LogQlParseException()
    {
    }

    /// <summary>The line of the place, 0 when there is none.</summary>
    public int Line { get; }

    /// <summary>The column of the place, 0 when there is none.</summary>
    public int Column { get; }
}
