using System.Reflection;
using System.Runtime.CompilerServices;

namespace AgentSystem.AppHost;

/// <summary>A mistake in the settings ends the AppHost with the line that says what to do about it and exit code 1, not with a stack trace.</summary>
internal static class Mistakes
{
    // Before the first line of AppHost.cs, which has nothing to say about it, and not in a test, which wants the exception.
    [ModuleInitializer]
    internal static void EndWithTheirMessage()
    {
        if (Assembly.GetEntryAssembly() == typeof(Mistakes).Assembly)
            AppDomain.CurrentDomain.UnhandledException += (_, unhandled) => End(unhandled.ExceptionObject);
    }

    private static void End(object exception)
    {
        // Aspire's Run wraps what went wrong.
        if (exception is AggregateException { InnerExceptions: [var only] })
            exception = only;
        // The second is a setting that is no number where it has to be one.
        if (exception is not (DistributedApplicationException or InvalidOperationException { Source: "Microsoft.Extensions.Configuration.Binder" }))
            return;
        Console.Error.WriteLine(((Exception)exception).Message);
        Environment.Exit(1);
    }
}
