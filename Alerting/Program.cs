using AgentSystem.Alerting.Webhook;
using AgentSystem.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddAlertmanagerWebhook();

var app = builder.Build();
app.MapDefaultEndpoints();
app.MapAlertmanagerWebhook();
return await app.RunServiceAsync();
