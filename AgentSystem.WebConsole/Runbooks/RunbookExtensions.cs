namespace AgentSystem.WebConsole.Runbooks;

internal static class RunbookExtensions
{
    internal static void AddRunbooks(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<RunbookOptions>().BindConfiguration(RunbookOptions.Section)
            .Validate(static options => options.RunbooksDir.Length > 0, "Console:RunbooksDir has to name a folder; leave it out for the runbooks that were built with the console.")
            .ValidateOnStart();
        builder.Services.AddSingleton<RunbookLibrary>();
    }
}
