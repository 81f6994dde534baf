using AgentSystem.Protocol.Api;
using AgentSystem.WebConsole.Live;
using Microsoft.AspNetCore.Components;

namespace AgentSystem.WebConsole.Tasks;

/// <summary>Part of a task's page with a question of its own: asked at the task's pace, and at once when something happens to the task.</summary>
public abstract class TaskPart : LiveComponent
{
    /// <summary>The place of its answer.</summary>
    protected const string Slot = "part";

    private IDisposable? _events;
    private string? _followed;

    /// <summary>The task.</summary>
    [Parameter, EditorRequired]
    public TaskView Of { get; set; } = null!;

    /// <summary>What happens to tasks.</summary>
    [Inject]
    protected TaskEventFeed Feed { get; set; } = null!;

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        if (Of.Id != _followed)
        {
            _events?.Dispose();
            _events = Feed.FollowTask(_followed = Of.Id, _ => AskNow(Slot));
        }
        WatchAt(TaskPace.Of(Of, Time.GetUtcNow(), IsAwaited));
    }

    /// <summary>Whether the answer is to change although the task is over.</summary>
    protected abstract bool IsAwaited { get; }

    /// <summary>Watches <see cref="Slot"/>'s question.</summary>
    protected abstract void WatchAt(TimeSpan interval);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _events?.Dispose();
        base.Dispose(disposing);
    }
}
