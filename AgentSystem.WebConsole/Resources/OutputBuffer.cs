using AgentSystem.WebConsole.Backends;

namespace AgentSystem.WebConsole.Resources;

/// <summary>The last lines of a process's output, for one who looks at them. It can be held, while more comes in.</summary>
public sealed class OutputBuffer
{
    /// <summary>How many lines are kept.</summary>
    public const int MostLines = 10_000;

    private readonly Lock _gate = new();
    private readonly Queue<OutputLine> _lines = new();
    private IReadOnlyList<OutputLine>? _held;
    private int _newSinceHeld;

    /// <summary>How many lines are kept now.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
                return _lines.Count;
        }
    }

    /// <summary>How many lines came in since it is held.</summary>
    public int NewSinceHeld
    {
        get
        {
            lock (_gate)
                return _newSinceHeld;
        }
    }

    /// <summary>Whether it is held.</summary>
    public bool IsHeld
    {
        get
        {
            lock (_gate)
                return _held is not null;
        }
    }

    /// <summary>Takes lines in; the oldest go.</summary>
    public void Add(IReadOnlyList<OutputLine> lines)
    {
        ArgumentNullException.ThrowIfNull(lines);
        lock (_gate)
        {
            foreach (var line in lines)
                _lines.Enqueue(line);
            while (_lines.Count > MostLines)
                _lines.Dequeue();
            if (_held is not null)
                _newSinceHeld += lines.Count;
        }
    }

    /// <summary>Begins anew: a stream that is opened again repeats what is kept.</summary>
    public void Clear()
    {
        lock (_gate)
            _lines.Clear();
    }

    /// <summary>Shows what is there now until it is let go.</summary>
    public void Hold()
    {
        lock (_gate)
            (_held, _newSinceHeld) = ([.. _lines], 0);
    }

    /// <summary>Shows everything again.</summary>
    public void LetGo()
    {
        lock (_gate)
            (_held, _newSinceHeld) = (null, 0);
    }

    /// <summary>The last lines that have the text in them, and how many have it in all.</summary>
    public (IReadOnlyList<OutputLine> Lines, int Matching) Find(string? text, int most)
    {
        IReadOnlyList<OutputLine> all;
        lock (_gate)
            all = _held ?? [.. _lines];
        var matching = string.IsNullOrEmpty(text)
            ? all
            : [.. all.Where(line => AnsiText.Plain(line.Text).Contains(text, StringComparison.OrdinalIgnoreCase))];
        return ([.. matching.Skip(matching.Count - most)], matching.Count);
    }
}
