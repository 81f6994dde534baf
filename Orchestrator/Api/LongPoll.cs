using System.Globalization;
using AgentSystem.Orchestrator.Journal;

namespace AgentSystem.Orchestrator.Api;

/// <summary>Answers that are held back until there is something to say: <c>?wait=30</c>, in seconds.</summary>
internal sealed class LongPoll(TaskJournal journal, IHostApplicationLifetime host, TimeProvider time)
{
    internal const string Parameter = "wait";
    private const double MaxSeconds = 60;

    /// <summary>Looks once, and then after each event, until it sees what it waits for, the time is over or the orchestrator stops.</summary>
    /// <exception cref="BadInputException">The query's <c>wait</c> is no time.</exception>
    internal async Task<T> WaitAsync<T>(HttpContext http, Func<T> look, Func<T, bool> isWorthAnAnswer, DateTimeOffset? atMostUntil = null)
    {
        var seen = journal.Events.Last;
        var last = look();
        var wait = Wait(http.Request.Query[Parameter].ToString());
        if (atMostUntil - time.GetUtcNow() is { } left && left < wait)
            wait = left;
        if (wait <= TimeSpan.Zero || isWorthAnAnswer(last))
            return last;
        using var patience = new CancellationTokenSource(wait, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, host.ApplicationStopping, patience.Token);
        try
        {
            while (!isWorthAnAnswer(last))
            {
                await journal.Events.WaitAfterAsync(seen, taskId: null, either.Token);
                seen = journal.Events.Last;
                last = look();
            }
        }
        catch (OperationCanceledException) when (!http.RequestAborted.IsCancellationRequested)
        {
            last = look();
        }
        return last;
    }

    private static TimeSpan Wait(string text)
    {
        if (text.Length == 0)
            return TimeSpan.Zero;
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds <= MaxSeconds)
            return TimeSpan.FromSeconds(seconds);
        var errors = new FieldErrors();
        errors.At("").Add(Parameter, $"must be a number of seconds from 0 to {MaxSeconds}");
        errors.ThrowIfAny();
        return default;
    }
}
