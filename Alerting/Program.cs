using AgentSystem.Alerting;
using AgentSystem.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddAlerting();
return await builder.RunServiceAsync(static app =>
{
    app.MapDefaultEndpoints();
    app.MapAlerting();
});
