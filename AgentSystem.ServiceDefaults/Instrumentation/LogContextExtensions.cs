using Microsoft.Extensions.Logging;

namespace AgentSystem.ServiceDefaults.Instrumentation;

/// <summary>Properties for every log line within a block.</summary>
public static class LogContextExtensions
{
    /// <summary>
    /// Adds properties to every line that is logged until the result is disposed, by whichever logger:
    /// <c>using (logger.WithContext(("document", path), ("pages", 12)))</c>.
    /// </summary>
    public static IDisposable? WithContext(this ILogger logger, params (string Name, object? Value)[] properties)
    {
        ArgumentNullException.ThrowIfNull(logger);
        return logger.BeginScope(properties.ToDictionary(p => p.Name, p => p.Value));
    }
}
