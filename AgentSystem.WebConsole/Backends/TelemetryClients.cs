namespace AgentSystem.WebConsole.Backends;

/// <summary>Jaeger's HTTP query API, or the telemetry store's in its place.</summary>
public sealed class JaegerClient(IHttpClientFactory clients, BackendHealth health, TimeProvider time)
    : BackendClient(Backend.Jaeger, clients, health, time);

/// <summary>Loki's HTTP API, or the telemetry store's in its place.</summary>
public sealed class LokiClient(IHttpClientFactory clients, BackendHealth health, TimeProvider time)
    : BackendClient(Backend.Loki, clients, health, time);
