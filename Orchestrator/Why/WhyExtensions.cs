using AgentSystem.Orchestrator.Why.Evidence;
using AgentSystem.Protocol.Api;
using AgentSystem.ServiceDefaults.Security;
using Microsoft.Extensions.Http.Resilience;
using Microsoft.Extensions.Options;
using Polly;

namespace AgentSystem.Orchestrator.Why;

/// <summary>Registers what explains tasks.</summary>
internal static class WhyExtensions
{
    // A trace of a long task is a few megabytes; nobody's answer shall fill the memory.
    private const long MaxAnswerBytes = 32 << 20;

    internal static void AddWhy(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<WhyOptions>()
            .Bind(builder.Configuration.GetSection(WhyOptions.Section))
            .Configure<IConfiguration>(static (options, configuration) =>
            {
                options.JaegerUrl = configuration[WhyOptions.JaegerVariable] ?? options.JaegerUrl;
                options.LokiUrl = configuration[WhyOptions.LokiVariable] ?? options.LokiUrl;
            })
            .ValidateDataAnnotations()
            .Validate(static o => WhyOptions.IsAddress(o.JaegerUrl), $"{WhyOptions.JaegerVariable} has to be an address such as http://127.0.0.1:16686, or empty.")
            .Validate(static o => WhyOptions.IsAddress(o.LokiUrl), $"{WhyOptions.LokiVariable} has to be an address such as http://127.0.0.1:3100, or empty.")
            .ValidateOnStart();
        builder.Services.AddBackend(JaegerTraces.Client, static o => o.JaegerUrl);
        builder.Services.AddBackend(LokiLogs.Client, static o => o.LokiUrl);
        builder.Services.AddSingleton<JaegerTraces>();
        builder.Services.AddSingleton<LokiLogs>();
        builder.Services.AddSingleton<Explainer>();
        // Made at the start, since it remembers when that was.
        builder.Services.AddActivatedSingleton<OwnStart>();
    }

#pragma warning disable EXTEXP0001 // There is no other way to replace the default handler by one for people who wait.
    private static void AddBackend(this IServiceCollection services, string name, Func<WhyOptions, string> url) =>
        services.AddHttpClient(name)
            .ConfigureHttpClient((provider, client) =>
            {
                var address = url(provider.GetRequiredService<IOptions<WhyOptions>>().Value);
                if (address.Length == 0)
                    return;
                client.BaseAddress = new Uri(address.TrimEnd('/') + '/');
                client.MaxResponseContentBufferSize = MaxAnswerBytes;
                // A backend on this machine may be one of our own, which wants the key; another one has no business with it.
                if (client.BaseAddress.IsLoopback)
                    client.DefaultRequestHeaders.Add(
                        ConnectionFile.ApiKeyHeader, provider.GetRequiredService<IOptions<ApiKeyOptions>>().Value.Key);
            })
            .RemoveAllResilienceHandlers()
            .AddResilienceHandler(name, static pipeline => pipeline.AddRetry(new HttpRetryStrategyOptions
            {
                MaxRetryAttempts = 1,
                Delay = TimeSpan.FromMilliseconds(100),
                BackoffType = DelayBackoffType.Constant,
            }));
#pragma warning restore EXTEXP0001
}
