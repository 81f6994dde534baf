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
        if (exception is not DistributedApplicationException mistake)
            return;
        Console.Error.WriteLine(mistake.Message);
        Environment.Exit(1);
    }
}
