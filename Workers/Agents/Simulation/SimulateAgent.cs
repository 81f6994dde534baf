using System.Text.Json;
using AgentSystem.Protocol;

namespace AgentSystem.Workers.Agents.Simulation;

/// <summary>
/// Does nothing, slowly or badly, on request: <c>sleep</c> takes <c>{"seconds": 2.5, "model_seconds": 1}</c> and spends the second of them as
/// if a model were called, <c>fail</c> takes <c>{"error": "…", "retryable": true, "until_attempt": 3, "seconds": 1}</c>, fails after that time,
/// and succeeds from that attempt on (never, when it is absent). For tests and fault drills.
/// </summary>
public sealed class SimulateAgent(IEnumerable<IModelFault> faults) : IAgent
{
    private const int Steps = 20;

    public string Name => "simulate";

    public IReadOnlyCollection<string> TaskTypes { get; } = ["sleep", "fail"];

    public async Task<JsonElement> RunAsync(AgentContext context, CancellationToken cancellation)
    {
        var payload = context.Task.Payload;
        switch (context.Task.Type)
        {
            case "sleep":
                var seconds = Number(payload, "seconds") ?? throw new AgentException("invalid_payload", "\"seconds\" has to be a number from 0 to 3600.");
                for (var step = 0; step < Steps && seconds > 0; step++)
                {
                    context.Report((double)step / Steps, "sleeping");
                    await Task.Delay(TimeSpan.FromSeconds(seconds / Steps), context.Time, cancellation);
                }
                if (Number(payload, "model_seconds") is { } model)
                {
                    using var call = TaskActivities.StartChat("simulated");
                    foreach (var fault in faults)
                        fault.BeforeCall();
                    await Task.Delay(TimeSpan.FromSeconds(model), context.Time, cancellation);
                }
                return JsonSerializer.SerializeToElement(new { slept_seconds = seconds });

            default:
                if (context.Task.Attempt >= Number(payload, "until_attempt"))
                    return JsonSerializer.SerializeToElement(new { succeeded_at_attempt = context.Task.Attempt });
                await Task.Delay(TimeSpan.FromSeconds(Number(payload, "seconds") ?? 0), context.Time, cancellation);
                var error = payload.TryGetProperty("error", out var e) && e.ValueKind == JsonValueKind.String ? e.GetString()! : "simulated";
                var retryable = !payload.TryGetProperty("retryable", out var r) || r.ValueKind != JsonValueKind.False;
                throw new AgentException(error, "This failure was asked for.", retryable);
        }
    }

    private static double? Number(JsonElement payload, string name) =>
        payload.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.GetDouble() is >= 0 and <= 3600 and var number
            ? number
            : null;
}
