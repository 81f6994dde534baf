using System.Text.Json;
using AgentSystem.Protocol.Api;

namespace AgentSystem.Orchestrator.Why.Evidence;

/// <summary>What a source of evidence had to say, or why it had nothing.</summary>
internal sealed record Answer<T>(IReadOnlyList<T> Items, EvidenceSource Source)
{
    internal static Answer<T> Off(string name, string variable) =>
        new([], new(name, EvidenceStatus.Off, $"No address is configured: set {variable}."));

    /// <summary>Asks, and turns whatever goes wrong into an answer: an explanation gets poorer by it, and never fails.</summary>
    internal static async Task<Answer<T>> AskAsync(
        string name, string backend, string sought, Func<CancellationToken, Task<IReadOnlyList<T>>> ask, TimeSpan patience, TimeProvider time, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            var items = await ask(either.Token);
            return items.Count == 0
                ? new(items, new(name, EvidenceStatus.Empty, $"{backend} has no {sought} of this task."))
                : new(items, new(name, EvidenceStatus.Used, $"{items.Count:N0} from {backend}"));
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return Unavailable($"{backend} did not answer within {patience.TotalSeconds:0.#} s.");
        }
        catch (Exception e) when (e is JsonException or FormatException or OverflowException or ArgumentException or InvalidOperationException)
        {
            return Unavailable($"The answer of {backend} was not understood: {e.Message}");
        }
        catch (Exception e) when (e is HttpRequestException or IOException or Polly.ExecutionRejectedException)
        {
            return Unavailable($"{backend} cannot be asked: {e.Message}");
        }

        Answer<T> Unavailable(string why) => new([], new(name, EvidenceStatus.Unavailable, why));
    }
}
