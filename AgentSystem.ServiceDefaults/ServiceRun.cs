using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace AgentSystem.ServiceDefaults;

/// <summary>How every service runs.</summary>
public static partial class ServiceRun
{
    private const int CannotStart = 1;

    /// <summary>
    /// Runs until the host stops. A service that cannot start (a setting is missing, a folder cannot be written, a port is in use) says
    /// so in one line on standard error; <c>Serilog__MinimumLevel__Default=Debug</c> shows where it happened.
    /// </summary>
    /// <returns>The process's exit code.</returns>
    public static async Task<int> RunServiceAsync(this WebApplication app)
    {
        try
        {
            // Before the host does, which would log a stack trace where a sentence is wanted.
            app.Services.GetService<IStartupValidator>()?.Validate();
            await app.StartAsync();
        }
        // Whoever hosts the service in a process of their own, as tests do, gets the exception itself, and disposes of the rest.
        catch (Exception e) when (Assembly.GetEntryAssembly()?.GetName().Name == app.Environment.ApplicationName)
        {
            LogCannotStart(app.Logger, e);
            await Console.Error.WriteLineAsync($"{app.Environment.ApplicationName} cannot start: {Explain(e)}");
            await app.DisposeAsync();
            return CannotStart;
        }
        await using (app)
            await app.WaitForShutdownAsync();
        return 0;
    }

    private static string Explain(Exception error)
    {
        var message = error switch
        {
            OptionsValidationException invalid => string.Join(" ", invalid.Failures),
            AggregateException several => string.Join(" ", several.InnerExceptions.Select(Explain)),
            _ => error.Message,
        };
        return message.ReplaceLineEndings(" ");
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "The service cannot start")]
    private static partial void LogCannotStart(ILogger logger, Exception error);
}
