using System.Reflection;
using System.Text.RegularExpressions;
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

    /// <summary>Builds the service, maps its endpoints and runs it, as the other overload does: what cannot be built cannot start either.</summary>
    /// <returns>The process's exit code.</returns>
    public static async Task<int> RunServiceAsync(this WebApplicationBuilder builder, Action<WebApplication> map)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(map);
        WebApplication? app = null;
        try
        {
            app = builder.Build();
            app.Services.GetService<IStartupValidator>()?.Validate();
            map(app);
        }
        catch (Exception e) when (IsOurProcess(builder.Environment))
        {
            await SayCannotStartAsync(builder.Environment, e);
            if (app is not null)
                await app.DisposeAsync();
            return CannotStart;
        }
        return await app.RunServiceAsync();
    }

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
        catch (Exception e) when (IsOurProcess(app.Environment))
        {
            LogCannotStart(app.Logger, e);
            await SayCannotStartAsync(app.Environment, e);
            await app.DisposeAsync();
            return CannotStart;
        }
        await using (app)
            await app.WaitForShutdownAsync();
        return 0;
    }

    private static bool IsOurProcess(IHostEnvironment environment) => Assembly.GetEntryAssembly()?.GetName().Name == environment.ApplicationName;

    private static Task SayCannotStartAsync(IHostEnvironment environment, Exception error) =>
        Console.Error.WriteLineAsync($"{environment.ApplicationName} cannot start: {Explain(error)}");

    private static string Explain(Exception error)
    {
        var message = error switch
        {
            OptionsValidationException invalid => string.Join(" ", invalid.Failures),
            InvalidOperationException when Unreadable().Match(error.Message) is { Success: true } setting =>
                $"{setting.Groups["name"]} is '{setting.Groups["value"]}', but has to be {Expected(setting.Groups["type"].Value)}.",
            AggregateException several => string.Join(" ", several.InnerExceptions.Select(Explain)),
            _ => error.Message,
        };
        return message.ReplaceLineEndings(" ");
    }

    private static string Expected(string type) => type switch
    {
        "System.TimeSpan" => "a length of time such as 1.12:30:00 (days.hours:minutes:seconds)",
        "System.Int32" or "System.Int64" => "a whole number",
        "System.Double" or "System.Decimal" => "a number such as 0.5",
        "System.Boolean" => "true or false",
        _ => $"a {type}",
    };

    // What the configuration's binder says of a value that is not of the property's type.
    [GeneratedRegex("^Failed to convert configuration value '(?<value>.*)' at '(?<name>[^']*)' to type '(?<type>[^']*)'", RegexOptions.Singleline)]
    private static partial Regex Unreadable();

    [LoggerMessage(Level = LogLevel.Debug, Message = "The service cannot start")]
    private static partial void LogCannotStart(ILogger logger, Exception error);
}
