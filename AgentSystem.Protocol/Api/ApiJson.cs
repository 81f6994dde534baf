using System.Text.Json.Serialization;

namespace AgentSystem.Protocol.Api;

/// <summary>How the HTTP API is written as JSON: the same rules as <see cref="ProtocolJson"/>.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    Converters = [typeof(UtcTimestampConverter)],
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    MaxDepth = 64)]
[JsonSerializable(typeof(TaskSubmission))]
[JsonSerializable(typeof(IReadOnlyList<TaskSubmission>))]
[JsonSerializable(typeof(BatchAccepted))]
[JsonSerializable(typeof(TaskView))]
[JsonSerializable(typeof(TaskPage))]
[JsonSerializable(typeof(IReadOnlyList<WorkerView>))]
[JsonSerializable(typeof(TaskEvent))]
[JsonSerializable(typeof(TaskExplanation))]
[JsonSerializable(typeof(Incident))]
[JsonSerializable(typeof(IncidentList))]
[JsonSerializable(typeof(AlertList))]
[JsonSerializable(typeof(IncidentAction))]
[JsonSerializable(typeof(ChangeReport))]
[JsonSerializable(typeof(BudgetRequest))]
[JsonSerializable(typeof(BudgetReservation))]
[JsonSerializable(typeof(BudgetRefusal))]
[JsonSerializable(typeof(BudgetSettlement))]
[JsonSerializable(typeof(BudgetSettled))]
[JsonSerializable(typeof(BudgetView))]
[JsonSerializable(typeof(QuestionRequest))]
[JsonSerializable(typeof(QuestionAnswer))]
[JsonSerializable(typeof(Question))]
[JsonSerializable(typeof(QuestionList))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
[JsonSerializable(typeof(FaultRequest))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(InjectedFault))]
[JsonSerializable(typeof(FaultList))]
[JsonSerializable(typeof(ConnectionFile))]
public sealed partial class ApiJson : JsonSerializerContext;
