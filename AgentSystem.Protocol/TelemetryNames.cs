namespace AgentSystem.Protocol;

/// <summary>
/// Every telemetry name that more than one process, dashboard or alert relies on. A name that is not here is not part of the contract.
/// </summary>
/// <remarks>
/// Span and attribute names follow the OpenTelemetry messaging and GenAI semantic conventions (1.41); metric names follow
/// Prometheus's conventions (base units, <c>_total</c> on counters).
/// </remarks>
public static class TelemetryNames
{
    /// <summary>Name of the <see cref="System.Diagnostics.ActivitySource"/> that makes the spans of a task's life.</summary>
    public const string TaskSource = "AgentSystem.Tasks";

    /// <summary>Activity sources matching this pattern are exported by every process.</summary>
    public const string SourcePattern = "AgentSystem.*";

    /// <summary>The value of <c>messaging.system</c>: task files on a shared volume.</summary>
    public const string MessagingSystem = "agentsystem";

    /// <summary>Span names: <c>{operation} {destination}</c>, where the destination is a worker, a pipe, a model or a tool.</summary>
    public static class Spans
    {
        public const string Create = "create";
        public const string Process = "process";
        public const string InvokeAgent = "invoke_agent";
        public const string Chat = "chat";
        public const string ExecuteTool = "execute_tool";
        public const string Settle = "settle";
        public const string Send = "send";
        public const string Receive = "receive";
    }

    /// <summary>Attribute keys on spans, and property names in structured logs.</summary>
    public static class Attributes
    {
        public const string TaskId = "task.id";
        public const string TaskType = "task.type";
        public const string TaskPriority = "task.priority";
        public const string TaskAttempt = "task.attempt";
        public const string TaskState = "task.state";

        /// <summary>Seconds that the worker knew of the task before it had a slot for it; on <c>process</c> spans.</summary>
        public const string TaskSlotWait = "task.slot_wait";

        public const string LineStatus = "task.status";
        public const string Worker = "worker.name";
        public const string ErrorType = "error.type";

        public const string MessagingSystem = "messaging.system";
        public const string MessagingOperationName = "messaging.operation.name";
        public const string MessagingOperationType = "messaging.operation.type";
        public const string MessagingDestination = "messaging.destination.name";
        public const string MessagingMessageId = "messaging.message.id";
        public const string MessagingBodySize = "messaging.message.body.size";

        public const string GenAiOperation = "gen_ai.operation.name";
        public const string GenAiAgentName = "gen_ai.agent.name";
        public const string GenAiProvider = "gen_ai.provider.name";
        public const string GenAiRequestModel = "gen_ai.request.model";
        public const string GenAiRequestMaxTokens = "gen_ai.request.max_tokens";
        public const string GenAiRequestStream = "gen_ai.request.stream";
        public const string GenAiConversation = "gen_ai.conversation.id";
        public const string GenAiOutputType = "gen_ai.output.type";
        public const string GenAiResponseId = "gen_ai.response.id";
        public const string GenAiResponseModel = "gen_ai.response.model";
        public const string GenAiFinishReasons = "gen_ai.response.finish_reasons";
        public const string GenAiInputTokens = "gen_ai.usage.input_tokens";
        public const string GenAiOutputTokens = "gen_ai.usage.output_tokens";
        public const string GenAiCacheReadTokens = "gen_ai.usage.cache_read.input_tokens";
        public const string GenAiCacheWriteTokens = "gen_ai.usage.cache_creation.input_tokens";
        public const string GenAiTokenType = "gen_ai.token.type";
        public const string GenAiToolName = "gen_ai.tool.name";
        public const string GenAiToolType = "gen_ai.tool.type";
        public const string GenAiToolCallId = "gen_ai.tool.call.id";
        public const string ServerAddress = "server.address";
        public const string ServerPort = "server.port";

        /// <summary>Content: only where somebody has asked for it, and redacted.</summary>
        public const string GenAiSystemInstructions = "gen_ai.system_instructions";

        /// <inheritdoc cref="GenAiSystemInstructions"/>
        public const string GenAiInputMessages = "gen_ai.input.messages";

        /// <inheritdoc cref="GenAiSystemInstructions"/>
        public const string GenAiOutputMessages = "gen_ai.output.messages";

        /// <inheritdoc cref="GenAiSystemInstructions"/>
        public const string GenAiToolCallArguments = "gen_ai.tool.call.arguments";

        /// <inheritdoc cref="GenAiSystemInstructions"/>
        public const string GenAiToolCallResult = "gen_ai.tool.call.result";

        /// <summary>What a call has cost, in USD; on <c>chat</c> and <c>invoke_agent</c> spans.</summary>
        public const string CostUsd = "agentsystem.cost_usd";
    }

    /// <summary>Property names on every structured log line that belongs to a task.</summary>
    public static class Logs
    {
        /// <summary>The trace id under the name that APIs and people use for it.</summary>
        public const string CorrelationId = "correlation_id";
        public const string TraceId = "trace_id";
        public const string SpanId = "span_id";
        public const string TaskId = "task_id";
        public const string TaskType = "task_type";
        public const string Worker = "worker";
        public const string Attempt = "attempt";
    }

    /// <summary>Prometheus metric names. Durations are in seconds, timestamps in Unix seconds.</summary>
    public static class Metrics
    {
        public const string TaskCreated = "task_created_total";
        public const string TaskCompleted = "task_completed_total";
        public const string TaskFailed = "task_failed_total";
        public const string TaskRetried = "task_retried_total";
        public const string TaskDead = "task_dead_total";
        public const string TaskProcessingDuration = "task_processing_duration_seconds";
        public const string TaskQueueWait = "task_queue_wait_seconds";
        public const string TaskQueueDepth = "task_queue_depth";
        public const string TaskBacklogAge = "task_backlog_age_seconds";
        public const string ActiveTasks = "active_tasks";
        public const string WatcherEvents = "watcher_events_total";
        public const string WatcherTriggerLatency = "watcher_trigger_latency_seconds";
        public const string WatcherHeartbeat = "watcher_heartbeat_timestamp";
        public const string PipeMessagesSent = "pipe_messages_sent_total";
        public const string PipeMessagesReceived = "pipe_messages_received_total";
        public const string PipeWriteLatency = "pipe_write_latency_seconds";
        public const string PipeConnectionErrors = "pipe_connection_errors_total";
        public const string ClaudeInvocations = "claude_invocations_total";
        public const string ClaudeProcessingTime = "claude_processing_time_seconds";
        public const string ClaudeApiErrors = "claude_api_errors_total";
        public const string ClaudeTokens = "claude_tokens_total";
        public const string ClaudeCost = "claude_cost_usd_total";
        public const string BudgetLimit = "budget_limit_usd";
        public const string BudgetSpent = "budget_spent_usd";
        public const string BudgetReserved = "budget_reserved_usd";
        public const string BudgetRefused = "budget_refused_total";
        public const string BudgetExpired = "budget_expired_calls_total";
        public const string ModelCallsOpen = "model_calls_open";
        public const string ModelCallsLimit = "model_calls_limit";
        public const string WorkerProcessesLost = "worker_processes_lost_total";
        public const string SharedVolumeFree = "shared_volume_free_bytes";
        public const string SharedVolumeSize = "shared_volume_size_bytes";
        public const string ChaosFaultActive = "chaos_fault_active";
    }

    /// <summary>
    /// Instruments of the GenAI conventions, which .NET's meters make; Prometheus sees them as <c>gen_ai_client_operation_duration_seconds</c> and so on.
    /// </summary>
    public static class GenAiMetrics
    {
        /// <summary>Name of the meter.</summary>
        public const string Meter = "AgentSystem.GenAi";
        public const string OperationDuration = "gen_ai.client.operation.duration";
        public const string TimeToFirstChunk = "gen_ai.client.operation.time_to_first_chunk";
        public const string TokenUsage = "gen_ai.client.token.usage";
    }

    /// <summary>Label names of the metrics above.</summary>
    public static class Labels
    {
        public const string Worker = "worker";
        public const string TaskType = "task_type";
        public const string Priority = "priority";
        public const string Status = "status";
        public const string ErrorType = "error_type";
        public const string Event = "event";
        public const string Model = "model";
        public const string Direction = "direction";
        public const string Scope = "scope";
        public const string Fault = "fault";
        public const string Mountpoint = "mountpoint";
    }
}
