using System.Text.Json;
using AgentSystem.Orchestrator.Configuration;
using AgentSystem.Protocol;
using Microsoft.Extensions.Options;

namespace AgentSystem.Orchestrator.Api;

/// <summary>Turns JSON into submissions, or says for every field what is wrong with it and what would be right.</summary>
internal sealed class SubmissionReader(WorkerCatalog workers, PayloadPaths paths, IOptions<OrchestratorOptions> options, TimeProvider time)
{
    internal const int MaxPayloadBytes = 256 << 10;
    private const int MaxKeyLength = 255;
    private const int MaxAttempts = 100;
    private const string Fields = "id, type, priority, worker, max_attempts, deadline, idempotency_key, parent_id, payload";

    /// <summary>Reads one task (a JSON object) or a batch (an array).</summary>
    /// <param name="root">The body.</param>
    /// <param name="keyHeader">The header <c>Idempotency-Key</c>, for one task.</param>
    /// <exception cref="BadInputException">Something is wrong with it.</exception>
    internal IReadOnlyList<Submission> Read(JsonElement root, string? keyHeader)
    {
        var errors = new FieldErrors();
        List<Submission> submissions = [];
        switch (root.ValueKind)
        {
            case JsonValueKind.Object:
                submissions.Add(ReadOne(root, errors.At(""), keyHeader));
                break;
            case JsonValueKind.Array when root.GetArrayLength() > ProtocolLimits.BatchSize:
                throw new BadInputException(StatusCodes.Status413PayloadTooLarge, "The batch is too large.",
                    $"It has {root.GetArrayLength():N0} tasks; at most {ProtocolLimits.BatchSize:N0} go into one request.");
            case JsonValueKind.Array when keyHeader is not null:
                throw new BadInputException(StatusCodes.Status400BadRequest, "The header Idempotency-Key is for one task.",
                    "Give each task of a batch an idempotency_key of its own.");
            case JsonValueKind.Array when root.GetArrayLength() > 0:
                submissions.AddRange(root.EnumerateArray().Select((task, i) => ReadOne(task, errors.At($"tasks[{i}]"), keyHeader: null)));
                break;
            default:
                throw new BadInputException(StatusCodes.Status400BadRequest, "There is no task in the body.",
                    $"Send one task as a JSON object, or a non-empty array of them; this is {FieldErrors.Describe(root)}.");
        }
        errors.ThrowIfAny();
        return submissions;
    }

    private Submission ReadOne(JsonElement task, FieldErrors.Scope errors, string? keyHeader)
    {
        var read = new Submission { Type = "", MaxAttempts = options.Value.MaxAttempts, Payload = [] };
        if (task.ValueKind != JsonValueKind.Object)
        {
            errors.Add("", $"must be a JSON object, not {FieldErrors.Describe(task)}");
            return read;
        }
        var hasPayload = false;
        foreach (var field in task.EnumerateObject().Where(f => f.Value.ValueKind != JsonValueKind.Null))
        {
            var value = field.Value;
            switch (field.Name)
            {
                case "id":
                    read = read with { Id = errors.Text(field, TaskId.IsValid, "must be 1 to 64 letters, digits, '-' or '_', starting with a letter or digit") };
                    break;
                case "type":
                    read = read with { Type = errors.Text(field, workers.Types.Contains, $"is not a known task type; known are {string.Join(", ", workers.Types)}") ?? "?" };
                    break;
                case "priority":
                    read = read with { Priority = Priority(field, errors) };
                    break;
                case "worker":
                    read = read with { Worker = errors.Text(field, workers.Knows, $"is not a known worker; known are {string.Join(", ", workers.Names)}") };
                    break;
                case "max_attempts":
                    if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var attempts) && attempts is >= 1 and <= MaxAttempts)
                        read = read with { MaxAttempts = attempts };
                    else
                        errors.Add(field.Name, $"must be a whole number from 1 to {MaxAttempts}, not {FieldErrors.Describe(value)}");
                    break;
                case "deadline":
                    read = read with { Deadline = Deadline(field, errors) };
                    break;
                case "idempotency_key":
                    read = read with { IdempotencyKey = errors.Text(field, IsKey, $"must have 1 to {MaxKeyLength} characters") };
                    break;
                case "parent_id":
                    read = read with { ParentId = errors.Text(field, TaskId.IsValid, "must be the id of the task whose agent hands this one in") };
                    break;
                case "payload":
                    hasPayload = true;
                    read = read with { Payload = Payload(value, errors) };
                    break;
                default:
                    errors.Add(field.Name, $"is not a field of a task; known are {Fields}");
                    break;
            }
        }
        if (read.Type.Length == 0)
            errors.Add("type", $"is missing; known are {string.Join(", ", workers.Types)}");
        else if (read.Worker is { } worker && workers.Types.Contains(read.Type) && !workers.Does(worker, read.Type))
            errors.Add("worker", $"does no tasks of type {read.Type}; those who do are {string.Join(", ", workers.WorkersFor(read.Type))}");
        if (!hasPayload)
            errors.Add("payload", "is missing; give a JSON object, for example {\"path\": \"/documents/report.md\"}");
        return WithHeaderKey(read, keyHeader, errors);
    }

    private static Submission WithHeaderKey(Submission read, string? keyHeader, FieldErrors.Scope errors)
    {
        if (keyHeader is null)
            return read;
        if (!IsKey(keyHeader))
            errors.Add("idempotency_key", $"(from the header) must have 1 to {MaxKeyLength} characters");
        else if (read.IdempotencyKey is { } key && key != keyHeader)
            errors.Add("idempotency_key", "differs from the header Idempotency-Key; send one of them");
        return read with { IdempotencyKey = keyHeader };
    }

    private static TaskPriority Priority(JsonProperty field, FieldErrors.Scope errors)
    {
        if (field.Value.ValueKind == JsonValueKind.String)
            foreach (var priority in Enum.GetValues<TaskPriority>())
                if (field.Value.ValueEquals(priority.ToName()))
                    return priority;
        errors.Add(field.Name, $"must be critical, high, normal or low, not {FieldErrors.Describe(field.Value)}");
        return TaskPriority.Normal;
    }

    private DateTimeOffset? Deadline(JsonProperty field, FieldErrors.Scope errors)
    {
        if (field.Value.ValueKind != JsonValueKind.String || !field.Value.TryGetDateTimeOffset(out var deadline))
            errors.Add(field.Name, $"must be a time such as 2026-12-31T23:59:59Z, not {FieldErrors.Describe(field.Value)}");
        else if (deadline <= time.GetUtcNow())
            errors.Add(field.Name, $"lies in the past ({deadline.ToUniversalTime():O}; it is {time.GetUtcNow():O} now)");
        else
            return deadline.ToUniversalTime();
        return null;
    }

    private byte[] Payload(JsonElement payload, FieldErrors.Scope errors)
    {
        if (payload.ValueKind != JsonValueKind.Object)
        {
            errors.Add("payload", $"must be a JSON object, not {FieldErrors.Describe(payload)}");
            return [];
        }
        if (payload.TryGetProperty("path", out var path))
        {
            if (path.ValueKind != JsonValueKind.String)
                errors.Add("payload.path", $"must be text, not {FieldErrors.Describe(path)}");
            else if (paths.Refuse(path.GetString()!) is { } reason)
                errors.Add("payload.path", reason);
        }
        var bytes = JsonSerializer.SerializeToUtf8Bytes(payload, JsonContext.Default.JsonElement);
        if (bytes.Length > MaxPayloadBytes)
            errors.TooLarge("payload", $"has {bytes.Length:N0} bytes; at most {MaxPayloadBytes:N0} are accepted. Put large input into a file and name it in payload.path");
        return bytes;
    }

    private static bool IsKey(string key) => key.Length is > 0 and <= MaxKeyLength && !key.Any(char.IsControl);
}
