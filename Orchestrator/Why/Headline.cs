using AgentSystem.Protocol.Api;

namespace AgentSystem.Orchestrator.Why;

/// <summary>The explanation in one sentence.</summary>
internal static class Headline
{
    private const int LongestError = 160;

    internal static string Of(TaskCase given, IReadOnlyList<ExplainedPart> parts, Peers peers, TimeSpan wall)
    {
        var task = given.Task;
        var (beginning, error) = task.State switch
        {
            TaskState.Completed => ($"Took {Words.Of(wall)}", null),
            TaskState.Dead => ($"Given up after {Words.Of(wall)} and {Words.Count(task.Attempt, "attempt")}", given.Errors is [.., var last] ? last : null),
            TaskState.Cancelled => ($"Cancelled after {Words.Of(wall)}", null),
            TaskState.Active => ($"Under way for {Words.Of(wall)} so far", null),
            TaskState.Retrying => ($"Retrying, {Words.Of(wall)} so far", given.Errors is [.., var failed] ? failed : null),
            _ => ($"Waiting for {Words.Of(wall)} so far", null),
        };
        var largest = parts.MaxBy(p => p.Seconds)!;
        var where = largest.Seconds > 0 ? $"{Words.Of(TimeSpan.FromSeconds(largest.Seconds))} of it {Phrase(largest, given)}" : "no time to speak of";
        var reason = error is null ? "" : $" ({error.Type}: {Words.Short(error.Message, LongestError)})";
        return $"{beginning}{Comparison(peers, wall, task.State)}{reason}: {where}";
    }

    private static string Comparison(Peers peers, TimeSpan wall, TaskState state) => peers.Ratio(wall) switch
    {
        null => "",
        >= 1.5 and var ratio => $", {Words.Times(ratio)} the usual",
        <= 0.67 when state == TaskState.Completed => ", less than usual",
        _ when state == TaskState.Completed => ", as long as usual",
        _ => "",
    };

    private static string Phrase(ExplainedPart part, TaskCase given)
    {
        var worker = given.Task.Worker;
        var beside = Coincidences.Beside(given).Count;
        return part.Part switch
        {
            TimePart.Queue when given.Around.Instances.Count == 0 && !given.Task.State.IsSettled() => $"waiting for {worker}, who is not there",
            TimePart.Queue when given.Around.Ahead > 0 => $"in the queue of {worker}, behind {Words.Count(given.Around.Ahead, "task")}",
            TimePart.Queue => $"in the queue of {worker}",
            TimePart.Slot when beside > 0 => $"waiting for {worker}, who was busy with {Words.Count(beside, "other task")}",
            TimePart.Slot => $"waiting for {worker}, who had no slot free",
            TimePart.Transport => $"on the way to {worker}'s agent",
            TimePart.Agent => "in the agent",
            TimePart.Model => "in the model",
            TimePart.Tool => "in tools",
            TimePart.Retries => "in attempts that failed and the waits after them",
            TimePart.Settlement => "until the result was settled",
            _ => "in what nothing that was recorded explains",
        };
    }
}
