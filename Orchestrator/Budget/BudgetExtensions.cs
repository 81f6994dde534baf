namespace AgentSystem.Orchestrator.Budget;

/// <summary>Registers the purse.</summary>
internal static class BudgetExtensions
{
    internal static void AddBudget(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<BudgetOptions>().BindConfiguration(BudgetOptions.Section)
            .ValidateDataAnnotations()
            .Validate(
                static options => options.Workers.Values.All(usd => usd is >= 0 and <= 1_000_000),
                "Each of Budget:Workers is an amount in USD from 0 to 1,000,000.")
            .Validate(
                static options => options.Prices.Values.All(p => p.InputUsd >= 0 && p.OutputUsd >= 0 && p.CacheReadUsd is not < 0 && p.CacheWriteUsd is not < 0),
                "Each of Budget:Prices needs InputUsd and OutputUsd, in USD per million tokens, none of them negative: Budget__Prices__claude-x__InputUsd=3.")
            .ValidateOnStart();
        builder.Services.AddSingleton<ModelPrices>();
        builder.Services.AddSingleton<BudgetLimits>();
        builder.Services.AddSingleton<BudgetInstruments>();
        builder.Services.AddHostedService<BudgetWatch>();
    }
}
