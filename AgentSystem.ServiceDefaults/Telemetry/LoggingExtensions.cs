using Microsoft.Extensions.Hosting;
using Serilog;
using Serilog.Events;
using Serilog.Formatting.Compact;

namespace AgentSystem.ServiceDefaults.Telemetry;

/// <summary>Logs: one JSON object a line on the console, and OTLP when there is somewhere to send them.</summary>
internal static class LoggingExtensions
{
    internal static void AddLogs(this IHostApplicationBuilder builder, ServiceIdentity identity) =>
        builder.Services.AddSerilog(
            logger =>
            {
                logger
                    .MinimumLevel.Information()
                    .MinimumLevel.Override("Microsoft.AspNetCore", LogEventLevel.Warning)
                    .ReadFrom.Configuration(builder.Configuration)
                    .Enrich.FromLogContext()
                    .WriteTo.Console(new RenderedCompactJsonFormatter());
            },
            preserveStaticLogger: true);
}
