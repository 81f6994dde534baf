namespace AgentSystem.TelemetryStore.Storage;

/// <summary>The store cannot be used; the message says what to do.</summary>
public class StoreException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>More waits to be written than fits. Nothing of it was taken; it can be sent again.</summary>
public sealed class StoreBusyException(string message) : StoreException(message);
