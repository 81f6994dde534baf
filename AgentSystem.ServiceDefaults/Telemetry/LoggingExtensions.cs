using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using Serilog;
using Serilog.Events;

namespace AgentSystem.ServiceDefaults.Telemetry;

/// <summary>Logs: one JSON object a line on the console, and OTLP when there is somewhere to send them.</summary>
internal static class LoggingExtensions
{
    internal static void AddLogs(this IHostApplicationBuilder builder, ServiceIdentity identity) =>
        builder.Services.AddSerilog(
            (services, logger) =>
            {
                logger
                    .MinimumLevel.Information()
                    .MinimumLevel.Override("Microsoft.AspNetCore", LogEventLevel.Warning)
                    .MinimumLevel.Override("System.Net.Http.HttpClient", LogEventLevel.Warning)
                    .MinimumLevel.Override("Polly", LogEventLevel.Warning)
                    .ReadFrom.Configuration(builder.Configuration)
                    .ReadFrom.Services(services)
                    // Not for configuration to lower: its lines hold the query string, and so the key of a login link.
                    .MinimumLevel.Override("Microsoft.AspNetCore.Hosting.Diagnostics", LogEventLevel.Warning)
                    // RunServiceAsync says it in one line.
                    .Filter.ByExcluding(line => line.MessageTemplate.Text == "Hosting failed to start")
                    .Enrich.FromLogContext()
                    .Enrich.With<CorrelationIdEnricher>()
                    .WriteTo.Console(new JsonLogFormatter(identity));
                if (builder.Configuration.Exports("LOGS"))
                    logger.WriteTo.OpenTelemetry(
                        options =>
                        {
                            options.ResourceAttributes = identity.Attributes.ToDictionary(a => a.Key, a => a.Value);
                            options.OnBeginSuppressInstrumentation = SuppressInstrumentationScope.Begin;
                        },
                        name => builder.Configuration[name]);
            },
            preserveStaticLogger: true);
}
