from django.urls import include, path, re_path

from assessments.views import (
    answers,
    carry_over,
    evidence,
    extension,
    findings,
    library,
    lifecycle,
    prerequisites,
    preview,
    questionnaire,
    score,
    simulation,
    tasks,
    uploads,
    verification,
    workbook,
)

app_name = "assessments"

_one = [
    path("", questionnaire.detail, name="detail"),
    re_path(r"^area/(?P<key>[1-6]|hasil)/$", questionnaire.area, name="area"),
    path("jawaban/<str:code>/", answers.save_answer, name="save_answer"),
    path("jawaban/<str:code>/riwayat/", answers.history, name="history"),
    path("jawaban/<str:code>/bukti/", evidence.attach_evidence, name="attach_evidence"),
    path(
        "jawaban/<str:code>/bukti/<uuid:file_id>/lepas/",
        evidence.detach_evidence,
        name="detach_evidence",
    ),
    path("jawaban/<str:code>/diperiksa/", tasks.check_question, name="check_question"),
    path("tugas/", tasks.share_out, name="share_out"),
    path("tahun-lalu/", carry_over.carry_over, name="carry_over"),
    path("jawaban/<str:code>/bukti/pilih/", library.pick_evidence, name="pick_evidence"),
    path("impor/", workbook.import_workbook, name="import_workbook"),
    path("nilai/", score.score, name="score"),
    path("prasyarat/", prerequisites.prerequisites, name="prerequisites"),
    path("jalan/", score.way, name="way"),
    path("andai/", simulation.simulate, name="simulate"),
    path("andai/hitung/", simulation.simulation_step, name="simulation_step"),
    path("andai/<uuid:scenario_id>/", simulation.scenario, name="scenario"),
    path("temuan/", findings.findings, name="findings"),
    path("ajukan/", lifecycle.submit, name="submit"),
    path("tanda-terima/", lifecycle.receipt, name="receipt"),
    path("kembalikan/", lifecycle.return_assessment, name="return"),
    path("setujui/", lifecycle.approve, name="approve"),
]

urlpatterns = [
    path("penilaian/", questionnaire.assessment_list, name="list"),
    path("penilaian/buka/", questionnaire.open_new, name="open"),
    path("penilaian/<uuid:assessment_id>/", include(_one)),
    path("tugas/", tasks.my_tasks, name="tasks"),
    path("bukti/<uuid:file_id>/", evidence.download_evidence, name="download_evidence"),
    path("bukti/", library.library, name="library"),
    path("bukti/<uuid:file_id>/rincian/", library.library_file, name="library_file"),
    path("bukti/<uuid:file_id>/pratinjau/", preview.preview, name="library_preview"),
    path(
        "bukti/<uuid:file_id>/pratinjau/<int:number>/gambar",
        preview.preview_picture,
        name="preview_picture",
    ),
    path("bukti/<uuid:file_id>/gambar-kecil", preview.thumbnail, name="thumbnail"),
    path("bukti/unggahan/", uploads.open_upload, name="open_upload"),
    path("bukti/unggahan/<uuid:upload_id>/", uploads.upload, name="upload"),
    path("verifikasi/", verification.queue, name="queue"),
    path("verifikasi/<uuid:assessment_id>/", verification.desk, name="desk"),
    path("verifikasi/<uuid:assessment_id>/keputusan/", lifecycle.decide, name="decide"),
    path("verifikasi/<uuid:assessment_id>/perpanjang/", extension.extend_deadline, name="extend"),
    path(
        "verifikasi/<uuid:assessment_id>/jawaban/<str:code>/",
        verification.verify_answer,
        name="verify_answer",
    ),
]
